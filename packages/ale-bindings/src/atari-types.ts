/** Types of the results of Atari environments. */

import type { AleError } from "./errors.js";

/** Additional information about a step. */
export interface AtariInfo {
  /** Number of lives left; 0 in games without lives. */
  lives: number;
  /** Number of frames since the ROM was loaded. */
  frameNumber: number;
  /** Number of frames since the episode began. */
  episodeFrameNumber: number;
  /**
   * Set when the process was replaced (`restartOnFailure`): the error. In a step the episode is truncated; in a reset
   * the new one starts anyway.
   */
  failure?: AleError;
  /** Set after a seeded reset: the seeds of the frame skip's generator and of ALE's. */
  seeds?: [number, number];
  /** Additional entries of wrappers. */
  [key: string]: unknown;
}

/** Result of {@link AtariEnv.reset}. */
export interface AtariReset {
  /** First observation; the next `reset` or `step` overwrites it. */
  observation: Uint8Array;
  /** Additional information. */
  info: AtariInfo;
}

/** Result of {@link AtariEnv.step}. */
export interface AtariStep extends AtariReset {
  /** Score of this step, unclipped. */
  reward: number;
  /** Whether the game is over. */
  terminated: boolean;
  /** Whether the frame limit is reached. */
  truncated: boolean;
}

/** Options of {@link AtariEnv.repeatStep}. */
export interface RepeatOptions {
  /** Maximum number of steps, 1 to 65535. */
  times: number;
  /** Whether the observation is the elementwise maximum of the last two steps; default false: that of the last one. */
  max?: boolean;
}

/** Result of {@link AtariEnv.repeatStep}. */
export interface AtariRepeat extends AtariStep {
  /** Number of steps played: fewer than requested if the episode ended. */
  steps: number;
}

/** An RGB frame. */
export interface AtariFrame {
  /** Number of rows. */
  height: number;
  /** Number of columns. */
  width: number;
  /** Pixels: `height * width * 3` bytes, row by row. */
  data: Uint8Array;
}

/** A saved game: plain values and arrays. */
export interface AtariState {
  /** ALE's name of the game. */
  game: string;
  /** ALE's state with its random generator. */
  emulator: Uint8Array;
  /** The frame on the screen, compressed. */
  frame: Uint8Array;
  /** State of the frame skip's generator, as JSON. */
  generator: string;
  /** The action that a sticky frame repeats. */
  stickyAction: number;
  /** Paddle strength of that action. */
  stickyStrength: number;
  /** Whether an episode is running. */
  playing: boolean;
  /** Index signature, so that states are accepted as records. */
  [key: string]: string | number | boolean | Uint8Array;
}
