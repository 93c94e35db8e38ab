/** What all trainers have in common. */

import type { CheckpointLocation } from "../../checkpoints/index.js";
import type { EpisodeWindow } from "../../core/episode-window.js";
import type { Stateful } from "../../core/state.js";
import type { LogRow } from "../../logging/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { Policy } from "./evaluate-policy.js";

/** A trainer, as callbacks and tools see it. */
export interface Trainer extends Policy, Stateful {
  /** The environments that are trained on, where there are some. */
  readonly env?: VectorEnv;
  /** Environment steps so far, over all `learn` calls; 0 where none are played. */
  readonly numTimesteps: number;
  /** Minibatches so far, over all `learn` calls, where they are the steps of a training: of `CloningTrainer`. */
  readonly numBatches?: number;
  /** Updates so far. */
  readonly iterations: number;
  /** Returns and lengths of the last whole episodes. */
  readonly episodes: EpisodeWindow;
  /**
   * Saves the whole run; between two environment steps as well as between two updates.
   *
   * @returns where it was written
   */
  save(location: CheckpointLocation): Promise<string>;
  /** Present state of the recurrent network in one environment; empty when it has none. */
  neuronActivity?(env: number): Float32Array;
  /** Frees environments, networks and optimiser. */
  close(): Promise<void>;
}

/** What a training counts its steps in: minibatches where the trainer counts them, else environment steps. */
export function globalStepOf({ numBatches, numTimesteps }: Trainer): number {
  return numBatches ?? numTimesteps;
}

/** The global step, as rows of the log name it. */
export function stepCount({ numBatches, numTimesteps }: Trainer): LogRow {
  return numBatches === undefined ? { "time/total_timesteps": numTimesteps } : { "time/batches": numBatches };
}
