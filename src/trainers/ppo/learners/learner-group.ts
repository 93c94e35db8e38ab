/** All learners of a trainer: the main thread's own part, and its hold on the others. */

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
import { Rendezvous } from "./rendezvous.js";

/** Options of {@link LearnerGroup}. */
export interface LearnerGroupOptions extends PPOObjectiveOptions {
  /** The first learner's optimiser. */
  optimizer: Adam;
  /** All hyper-parameters. */
  hyperparameters: PPOHyperparameters;
  /** What observations look like. */
  observationSpace: Box;
  /** What actions look like. */
  actionSpace: ActionSpace;
  /** The rollout, in shared memory. */
  rollout: { buffer: RolloutBuffer; shared: SharedRollout };
  /** Where the others find the model, when it is not the library's. */
  learnerModel?: LearnerModel;
  /** Milliseconds after which a learner that does not answer counts as hanging, default 60000. */
  timeout?: number;
  /** Starts another learner. */
  start: StartLearner;
}

// A learner loads the library and compiles kernels first.
const START = 60_000;
// On the spot a meeting is noticed at once, but the event loop stands still.
const ON_THE_SPOT = 5;

const closed = "the learners were closed, or not started: await the training before close()";

/**
 * Data-parallel learning: every learner computes the gradient of its share of each minibatch; the gradients are
 * summed in shared memory in the order of the learners, and every learner makes the same change to its own copy of
 * the weights. The first learner is the thread that trains; the others are started by {@link LearnerGroup.start}.
 */
export class LearnerGroup implements MinibatchLearners {
  private readonly setup: Omit<LearnerSetup, "rank" | "backend" | "rendezvous">;
  private readonly learner: Learner;
  private rendezvous: Rendezvous | undefined;
  private threads: LearnerThread[] = [];
  private ready = false;
  private momentsKnown = false;
  private readonly timeout: number;

  /** @throws InvalidArgumentError when the model cannot be made on other threads */
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

  /** Starts the other learners, unless they run; they make themselves ready while this thread goes on. */
  start(): void {
    if (this.rendezvous) return;
    const { learners } = this.setup;
    const memory = Rendezvous.allocate(learners);
    this.rendezvous = new Rendezvous(memory, learners);
    this.ready = this.momentsKnown = false;
    const backend = { ...kernelOptions(), accelerator: productEngine() !== undefined };
    const setup = { ...this.setup, rendezvous: memory, backend };
    this.threads = Array.from({ length: learners - 1 }, (_, i) =>
      this.options.start({ ...setup, rank: i + 1 }),
    );
  }

  /** The optimiser was given another state: the other learners' are brought into line at the next update. */
  optimizerChanged(): void {
    this.momentsKnown = false;
  }

  /**
   * Starts learners where there are none and gives them the weights, and the moments if they do not know them.
   *
   * @throws LearnerFailedError when a learner cannot be made, or its thread ends or hangs
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
   * Makes one step on all learners.
   *
   * @returns the numbers of the whole minibatch, and the length of its gradient; where a number is not finite, or
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

  /** Weights and tensors of all learners, the main thread first: the checksums are equal after every update. */
  async report(): Promise<LearnerReport[]> {
    this.call({ kind: "report" });
    const messages = await this.together("a report");
    const reports = messages.flatMap((message) => (message.kind === "report" ? [message.report] : []));
    return [this.learner.report(), ...reports];
  }

  /** Ends the other learners. A later update starts new ones. */
  async close(): Promise<void> {
    const { threads, rendezvous } = this;
    this.threads = [];
    this.rendezvous = undefined;
    this.ready = false;
    rendezvous?.dismiss();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  private get meeting(): Rendezvous {
    if (!this.rendezvous) throw new InvalidStateError(closed);
    return this.rendezvous;
  }

  private call(call: LearnerCall): void {
    for (const thread of this.threads) thread.post(call);
    this.meeting.call();
  }

  // Arrives, waits for all others, and gives what they told; ends all of them when one failed.
  private async together(during: string, timeout = this.timeout): Promise<LearnerMessage[]> {
    const rendezvous = this.meeting;
    rendezvous.arrive(0);
    const began = performance.now();
    for (;;) {
      const seen = rendezvous.seen;
      const [late] = rendezvous.missing(0);
      if (late === undefined) break;
      if (rendezvous.dismissed) throw new InvalidStateError(closed);
      const waited = performance.now() - began;
      const lost = this.threads.findIndex(
        (thread, i) => thread.lost !== undefined || rendezvous.hasLeft(i + 1),
      );
      if (lost >= 0) throw await this.learnerFailure(lost, during);
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
      if (waited < ON_THE_SPOT) rendezvous.sleep(seen, ON_THE_SPOT);
      else await rendezvous.sleepAside(seen, Math.min(1000, Math.max(1, timeout / 4)));
    }
    return this.threads.flatMap((thread) => thread.messages());
  }

  private async learnerFailure(index: number, during: string): Promise<LearnerFailedError> {
    const thread = this.threads[index];
    const failure = thread.messages().find((message) => message.kind === "failure");
    // The event of its end comes after what it wrote itself.
    for (let i = 0; !failure && thread.lost === undefined && i < 100; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.failed(index + 1, during, failure ? failure.error : thread.lost);
  }

  private async failed(learner: number, during: string, cause: unknown): Promise<LearnerFailedError> {
    await this.close();
    return new LearnerFailedError({ learner, during, cause });
  }
}
