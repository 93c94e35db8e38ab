/** What the vector environment gives. */

import type { AleError } from "./errors.js";

/** Facts about one game beside its observation. */
export interface AtariVectorInfo {
  /** Number of the game. */
  envId: number;
  /** Lives left. Missing on the last step of an episode with same-step autoreset: ALE only tells the new game's. */
  lives?: number;
  /** Frames since the ROM was loaded. */
  frameNumber: number;
  /** Frames since the game began. */
  episodeFrameNumber: number;
  /** On the last step of a whole game: unclipped score and number of steps. */
  episode?: { return: number; length: number };
  /** The process was replaced (`restartOnFailure`): what had happened. All episodes are truncated. */
  failure?: AleError;
  /** Room for what wrappers add. */
  [key: string]: unknown;
}

/** Result of {@link AtariVectorEnv.reset}. Arrays are valid until the next call. */
export interface AtariVectorReset {
  /** First observations, flat `[batchSize, ...shape]`. */
  observations: Uint8Array;
  /** One record a game. */
  infos: AtariVectorInfo[];
  /** `[batchSize]`: which games these are; `0, 1, 2, ...` unless `batchSize` is smaller than `numEnvs`. */
  envIds: Int32Array;
}

/** Result of {@link AtariVectorEnv.step} and {@link AtariVectorEnv.recv}. Arrays are valid until the next call. */
export interface AtariVectorStep extends AtariVectorReset {
  /** `[batchSize]` rewards, clipped unless `rewardClipping` is off. */
  rewards: Float32Array;
  /** `[batchSize]`, 1 where the task ended. */
  terminated: Uint8Array;
  /** `[batchSize]`, 1 where the episode was cut from outside. */
  truncated: Uint8Array;
  /** The last observation of every episode that ended in this step; `null` for the others. */
  finalObservations: (Uint8Array | null)[];
}
