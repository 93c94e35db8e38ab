/** Start of the worker threads of a vector environment. */

import { availableParallelism } from "node:os";
import { InvalidArgumentError, NcpsError } from "../../core/errors.js";
import { EnvFailedError } from "../../vector/env-failed-error.js";
import { checkNumEnvs, type EnvModule } from "../../vector/env-recipe.js";
import type { WorkerVectorEnvOptions } from "../../vector/worker-options.js";
import type { Description, SentRecipe } from "./messages.js";
import { sentRecipe } from "./sent-recipe.js";
import { ControlBlock } from "./shared-memory.js";
import { isWorkerFailure, WorkerLink } from "./worker-link.js";

/** How every thread of a vector environment is started. */
export class WorkerPlan {
  readonly numEnvs: number;
  readonly workers: number;
  readonly restartOnFailure: boolean;
  readonly stepTimeout: number;
  readonly startTimeout: number;
  /** The id, or a description of the module. */
  readonly id: string;
  readonly control: ControlBlock;
  private readonly recipe: SentRecipe;

  /** @throws InvalidArgumentError when an option is invalid */
  constructor(env: string | EnvModule, options: WorkerVectorEnvOptions) {
    const { numEnvs, stepTimeout = 60_000, startTimeout = 60_000, restartOnFailure = false } = options;
    checkNumEnvs(numEnvs);
    const { workers = Math.min(availableParallelism(), numEnvs) } = options;
    if (!(Number.isInteger(workers) && workers > 0 && workers <= numEnvs)) {
      throw new InvalidArgumentError("workers", `expected an integer in 1..${numEnvs}, received ${workers}`);
    }
    for (const [name, value] of Object.entries({ stepTimeout, startTimeout })) {
      if (!(value > 0))
        throw new InvalidArgumentError(name, `expected milliseconds above 0, received ${value}`);
    }
    this.numEnvs = numEnvs;
    this.workers = workers;
    this.restartOnFailure = restartOnFailure;
    this.stepTimeout = stepTimeout;
    this.startTimeout = startTimeout;
    this.recipe = sentRecipe(env, options);
    this.id = typeof env === "string" ? env : `${env.export ?? "default"} of ${env.module}`;
    this.control = new ControlBlock(ControlBlock.allocate(workers, numEnvs), workers);
  }

  /** Starts one thread; it creates its environments while this one continues. */
  start(worker: number): WorkerLink {
    const { numEnvs, workers, control, recipe, restartOnFailure } = this;
    const first = Math.floor((worker * numEnvs) / workers);
    const count = Math.floor(((worker + 1) * numEnvs) / workers) - first;
    const setup = { control: control.memory, recipe, worker, workers, first, count, restartOnFailure };
    return new WorkerLink({ setup, control });
  }

  /**
   * Waits until the environments of a thread are created.
   *
   * @throws the error of creating them; EnvFailedError when the thread ends or hangs
   */
  describe(link: WorkerLink): Description {
    try {
      return link.describe(this.startTimeout);
    } catch (cause) {
      if (cause instanceof NcpsError && !isWorkerFailure(cause)) throw cause;
      throw new EnvFailedError({
        index: link.playing < 0 ? link.first : link.playing,
        id: this.id,
        step: 0,
        during: "its construction",
        cause,
      });
    }
  }

  /**
   * Description of the environments of all threads.
   *
   * @throws InvalidArgumentError when their spaces differ
   */
  describeAll(links: readonly WorkerLink[]): Description {
    const all = links.map((link) => this.describe(link));
    for (const part of ["observationSpace", "actionSpace", "actionMeanings"] as const) {
      const [expected, ...others] = all.map((description) => JSON.stringify(description[part]));
      const odd = others.findIndex((other) => other !== expected);
      if (odd < 0) continue;
      throw new InvalidArgumentError(
        "env",
        `expected one ${part} for all; environment 0 has ${expected}, environment ${links[odd + 1].first} has ${others[odd]}`,
      );
    }
    return { ...all[0], canSave: all.every(({ canSave }) => canSave) };
  }
}
