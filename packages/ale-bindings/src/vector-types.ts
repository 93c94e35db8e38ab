/** Types of the vector environment's results. */

import type { AleError } from "./errors.js";

/** Additional information about one game. */
export interface AtariVectorInfo {
  /** Number of the game. */
  envId: number;
  /**
   * Number of lives left. Missing on the last step of an episode with same-step autoreset: ALE only reports the new
   * game's.
   */
  lives?: number;
  /** Number of frames since the ROM was loaded. */
  frameNumber: number;
  /** Number of frames since the game began. */
  episodeFrameNumber: number;
  /** Set on the last step of a complete game: unclipped score and number of steps. */
  episode?: { return: number; length: number };
  /** Set when the process was replaced (`restartOnFailure`): the error. All episodes are truncated. */
  failure?: AleError;
  /** Additional entries of wrappers. */
  [key: string]: unknown;
}

/** Result of {@link AtariVectorEnv.reset}. Arrays are valid until the next call. */
export interface AtariVectorReset {
  /** First observations, flat `[batchSize, ...shape]`. */
  observations: Uint8Array;
  /** One record per game. */
  infos: AtariVectorInfo[];
  /** Numbers of the games `[batchSize]`; `0, 1, 2, ...` unless `batchSize` is smaller than `numEnvs`. */
  envIds: Int32Array;
}

/** Result of {@link AtariVectorEnv.step} and {@link AtariVectorEnv.recv}. Arrays are valid until the next call. */
export interface AtariVectorStep extends AtariVectorReset {
  /** Rewards `[batchSize]`, clipped unless `rewardClipping` is off. */
  rewards: Float32Array;
  /** `[batchSize]`, 1 where the task ended. */
  terminated: Uint8Array;
  /** `[batchSize]`, 1 where the episode was cut off from outside. */
  truncated: Uint8Array;
  /** The last observation of every episode that ended in this step; `null` for the others. */
  finalObservations: (Uint8Array | null)[];
}
