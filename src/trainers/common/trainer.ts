/** The interface that all trainers share. */

import type { CheckpointLocation } from "../../checkpoints/index.js";
import type { EpisodeWindow } from "../../core/episode-window.js";
import type { Stateful } from "../../core/state.js";
import type { LogRow } from "../../logging/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { Policy } from "./evaluate-policy.js";

/** A trainer, as callbacks and tools see it. */
export interface Trainer extends Policy, Stateful {
  /** The training environments, if there are any. */
  readonly env?: VectorEnv;
  /** Total number of environment steps over all `learn` calls; 0 for trainers without environments. */
  readonly numTimesteps: number;
  /** Total number of minibatches over all `learn` calls, if they are the steps of the training, as of `CloningTrainer`. */
  readonly numBatches?: number | undefined;
  /** Total number of updates. */
  readonly iterations: number;
  /** Returns and lengths of the last whole episodes. */
  readonly episodes: EpisodeWindow;
  /**
   * Saves the whole run; can be called between any two environment steps and between updates.
   *
   * @returns where the checkpoint was written
   */
  save(location: CheckpointLocation): Promise<string>;
  /** Current state of the recurrent network in one environment; empty when the network is feed-forward. */
  neuronActivity?(env: number): Float32Array;
  /** Frees environments, networks and optimizer. */
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
