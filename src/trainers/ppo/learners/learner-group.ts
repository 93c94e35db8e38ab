/** All learners of a trainer: the main thread's learner, and handles to the others. */

import type { Adam } from "tfjs-training";
import { FlatLayout } from "tfjs-training";
import { kernelOptions, productEngine } from "tfjs-training/wasm";
import { InvalidStateError, NcpsError } from "../../../core/errors.js";
import type { RolloutBuffer, Sequences } from "../../../memory/index.js";
import type { ActionSpace, Box } from "../../../spaces/index.js";
import type { PPOUpdateCoefficients } from "../minibatch-inputs.js";
import type { PPOObjectiveOptions } from "../ppo-objective.js";
import type { PPOHyperparameters } from "../ppo-options.js";
import type { MinibatchLearners, MinibatchResult } from "../ppo-update.js";
import { Barrier } from "./barrier.js";
import { describeModel } from "./describe-model.js";
import { GradientExchange } from "./gradient-exchange.js";
import { Learner, type LearnerReport, stepHyperparameters } from "./learner.js";
import { LearnerFailedError } from "./learner-failed-error.js";
import type { LearnerModel } from "./learner-model.js";
import type {
  LearnerCall,
  LearnerMessage,
  LearnerSetup,
  LearnerThread,
  SharedRollout,
  StartLearner,
} from "./learner-setup.js";

/** Options of {@link LearnerGroup}. */
export interface LearnerGroupOptions extends PPOObjectiveOptions {
  /** The first learner's optimizer. */
  optimizer: Adam;
  /** All hyper-parameters. */
  hyperparameters: PPOHyperparameters;
  /** The observation space. */
  observationSpace: Box;
  /** The action space. */
  actionSpace: ActionSpace;
  /** The rollout, in shared memory. */
  rollout: { buffer: RolloutBuffer; shared: SharedRollout };
  /** Where the other learners find the model, when it is not one of the library's. */
  learnerModel?: LearnerModel;
  /** Milliseconds after which a learner that does not answer counts as hung, default 60000. */
  timeout?: number;
  /** Starts a learner on another thread. */
  start: StartLearner;
}

// Timeout of the start: a learner first loads the library and compiles kernels.
const START = 60_000;
// Blocking notices a barrier immediately, but stops the event loop.
const BLOCKING_MS = 5;

const closed = "the learners were closed, or not started: await the training before close()";

/**
 * Data-parallel training: every learner computes the gradient of its share of each minibatch; the gradients are
 * summed in shared memory in the order of the learners, and every learner applies the same update to its own copy of
 * the weights. The first learner is the thread that trains; {@link LearnerGroup.start} starts the others.
 */
export class LearnerGroup implements MinibatchLearners {
  private readonly setup: Omit<LearnerSetup, "rank" | "backend" | "barrier">;
  private readonly learner: Learner;
  private barrier: Barrier | undefined;
  private threads: LearnerThread[] = [];
  private ready = false;
  private momentsKnown = false;
  private readonly timeout: number;

  /** @throws InvalidArgumentError when the model cannot be created on other threads */
  constructor(private readonly options: LearnerGroupOptions) {
    const { model, hyperparameters, observationSpace, actionSpace, rollout, learnerModel } = options;
    const { learners, adam } = hyperparameters;
    const { entries, size } = new FlatLayout(model.variables);
    const { decays, ...numbers } = adam;
    const exchange = GradientExchange.allocate(learners, size);
    this.timeout = options.timeout ?? 60_000;
    this.setup = {
      learners,
      exchange,
      rollout: rollout.shared,
      model: describeModel(model, learnerModel),
      weights: entries.map(({ name, shape }) => [name, shape]),
      observationSpace: observationSpace.toJSON(),
      actionSpace: actionSpace.toJSON(),
      hyperparameters: stepHyperparameters(hyperparameters),
      adam: numbers,
      decaying: decays ? entries.map(({ name }) => name).filter(decays) : null,
    };
    this.learner = new Learner({ ...options, rank: 0, learners, exchange, rollout: rollout.buffer });
  }

  /** Starts the other learners, unless they run already; they initialise while this thread continues. */
  start(): void {
    if (this.barrier) return;
    const { learners } = this.setup;
    const memory = Barrier.allocate(learners);
    this.barrier = new Barrier(memory, learners);
    this.ready = this.momentsKnown = false;
    const backend = { ...kernelOptions(), accelerator: productEngine() !== undefined };
    const setup = { ...this.setup, barrier: memory, backend };
    this.threads = Array.from({ length: learners - 1 }, (_, i) =>
      this.options.start({ ...setup, rank: i + 1 }),
    );
  }

  /** Called when the optimizer's state was replaced: the other learners receive it at the next update. */
  optimizerChanged(): void {
    this.momentsKnown = false;
  }

  /**
   * Starts learners that are not running and sends them the weights, and the moments if they do not have them.
   *
   * @throws LearnerFailedError when a learner cannot be created, or its thread ends or hangs
   */
  async begin(): Promise<void> {
    this.start();
    if (!this.ready) await this.together("its start", Math.max(START, this.timeout));
    this.ready = true;
    const trainable = this.learner.giveWeights();
    const optimizer = this.momentsKnown ? null : this.options.optimizer.getState();
    this.call({ kind: "weights", trainable, optimizer });
    await this.together("taking the weights");
    this.momentsKnown = true;
  }

  /**
   * Makes one gradient step on all learners.
   *
   * @returns the monitors of the whole minibatch, and its gradient norm; if a value is not finite, or
   *   `targetKl` ends the update, no learner has changed its weights
   * @throws LearnerFailedError when another learner throws, or its thread ends or hangs
   */
  async step(minibatch: Sequences, coefficients: PPOUpdateCoefficients): Promise<MinibatchResult> {
    const { learner } = this;
    const plan = { minibatch, coefficients };
    this.call({ kind: "step", ...plan });
    try {
      learner.contribute(plan);
    } catch (error) {
      await this.close();
      throw error;
    }
    await this.together("a step");
    const monitors = learner.reduce();
    await this.together("a step");
    return learner.goesOn(monitors) ? { monitors, gradNorm: learner.finish(plan) } : { monitors };
  }

  /** Checksum and tensor count of all learners, the main thread first: the checksums are equal after every update. */
  async report(): Promise<LearnerReport[]> {
    this.call({ kind: "report" });
    const messages = await this.together("a report");
    const reports = messages.flatMap((message) => (message.kind === "report" ? [message.report] : []));
    return [this.learner.report(), ...reports];
  }

  /** Stops the other learners. A later update starts new ones. */
  async close(): Promise<void> {
    const { threads, barrier } = this;
    this.threads = [];
    this.barrier = undefined;
    this.ready = false;
    barrier?.close();
    this.learner.dispose();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  private get openBarrier(): Barrier {
    if (!this.barrier) throw new InvalidStateError(closed);
    return this.barrier;
  }

  private call(call: LearnerCall): void {
    for (const thread of this.threads) thread.post(call);
    this.openBarrier.call();
  }

  // Arrives at the barrier, waits for all others, and returns their messages; stops all learners when one failed.
  private async together(during: string, timeout = this.timeout): Promise<LearnerMessage[]> {
    const barrier = this.openBarrier;
    barrier.arrive(0);
    const began = performance.now();
    for (;;) {
      const version = barrier.version;
      const [late] = barrier.missing(0);
      if (late === undefined) break;
      if (barrier.closed) throw new InvalidStateError(closed);
      const waited = performance.now() - began;
      const failedIndex = this.threads.findIndex(
        (thread, i) => thread.failure !== undefined || barrier.hasLeft(i + 1),
      );
      if (failedIndex >= 0) throw await this.learnerFailure(failedIndex, during);
      if (waited > timeout) {
        throw await this.failed(
          late,
          during,
          new NcpsError(
            "LEARNER_TIMEOUT",
            `no answer within ${timeout} ms: it hangs, or learnerTimeout is too short`,
          ),
        );
      }
      if (waited < BLOCKING_MS) barrier.wait(version, BLOCKING_MS);
      else await barrier.waitAsync(version, Math.min(1000, Math.max(1, timeout / 4)));
    }
    return this.threads.flatMap((thread) => thread.messages());
  }

  private async learnerFailure(index: number, during: string): Promise<LearnerFailedError> {
    const thread = this.threads[index];
    const failure = thread.messages().find((message) => message.kind === "failure");
    // The event of the thread's end arrives after the message that the thread wrote.
    for (let i = 0; !failure && thread.failure === undefined && i < 100; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.failed(index + 1, during, failure ? failure.error : thread.failure);
  }

  private async failed(learner: number, during: string, cause: unknown): Promise<LearnerFailedError> {
    await this.close();
    return new LearnerFailedError({ learner, during, cause });
  }
}
