/** The ε-greedy policy of deep Q-learning. */

import type * as tf from "@tensorflow/tfjs-core";
import { type ArrayInput, type CompiledStep, compile } from "tfjs-training";
import type { Random } from "../../core/random.js";
import type { Schedule } from "../../core/schedules.js";
import type { TypedArray } from "../../core/state.js";
import type { QNetwork } from "../../models/index.js";
import type { Discrete } from "../../spaces/index.js";
import type { DQNHyperparameters } from "./dqn-options.js";

/** Options of {@link EpsilonGreedy}. */
export interface EpsilonGreedyOptions {
  /** The Q-network. */
  model: QNetwork;
  /** The action space of the environments. */
  actionSpace: Discrete;
  /** How the exploration rate decreases with progress. */
  hyperparameters: Pick<
    DQNHyperparameters,
    "explorationFraction" | "explorationInitialEps" | "explorationFinalEps"
  >;
  /** Overrides the hyper-parameters above: exploration rate as a function of environment steps. */
  schedule?: Schedule;
}

/** Chooses actions, numbered from 0 as the network's outputs are. */
export class EpsilonGreedy {
  private readonly values: CompiledStep<{ observations: ArrayInput }, { q: tf.Tensor }>;

  constructor(private readonly options: EpsilonGreedyOptions) {
    this.values = compile(({ observations }) => ({ q: options.model.apply(observations) }), {
      name: "values of actions",
    });
  }

  /**
   * Probability of a random action.
   *
   * @param progress progress of the training, 0..1 · @param timesteps total number of environment steps
   */
  rate(progress: number, timesteps: number): number {
    const { hyperparameters, schedule } = this.options;
    if (schedule) return schedule.value(timesteps);
    const { explorationFraction, explorationInitialEps, explorationFinalEps } = hyperparameters;
    const done = explorationFraction === 0 ? 1 : Math.min(1, progress / explorationFraction);
    return explorationInitialEps + done * (explorationFinalEps - explorationInitialEps);
  }

  /** Uniformly random actions. */
  randomActions(batch: number, random: Random): Int32Array {
    return Int32Array.from({ length: batch }, () => random.integer(this.options.model.numActions));
  }

  /** Greedy actions for `[batch, ...observationShape]` observations. */
  async best(observations: TypedArray, batch: number): Promise<Int32Array> {
    const { observationShape, numActions } = this.options.model;
    const { q } = await this.values.read({
      observations: { values: observations, shape: [batch, ...observationShape] },
    });
    return Int32Array.from({ length: batch }, (_, row) => {
      let best = 0;
      for (let a = 1; a < numActions; a++) if (q[row * numActions + a] > q[row * numActions + best]) best = a;
      return best;
    });
  }

  /** Frees what was compiled. */
  dispose(): void {
    this.values.dispose();
  }

  /** Greedy actions, each replaced with probability `epsilon` by a random one. */
  async choose(
    observations: TypedArray,
    batch: number,
    epsilon: number,
    random: Random,
  ): Promise<Int32Array> {
    const actions = new Int32Array(batch).fill(-1);
    for (let i = 0; i < batch; i++) {
      if (random.uniform() < epsilon) actions[i] = random.integer(this.options.model.numActions);
    }
    if (!actions.includes(-1)) return actions;
    const best = await this.best(observations, batch);
    return actions.map((action, i) => (action < 0 ? best[i] : action));
  }

  /** Converts actions numbered from 0 to those of the space, which may start elsewhere. */
  forEnv(actions: Int32Array): Int32Array {
    const { start } = this.options.actionSpace;
    return start === 0 ? actions : actions.map((action) => action + start);
  }
}
