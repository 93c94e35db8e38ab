/** What Atari environments give and take. */

import type { AleError } from "./errors.js";

/** Facts beside an observation. */
export interface AtariInfo {
  /** Lives left; 0 in games without lives. */
  lives: number;
  /** Frames since the ROM was loaded. */
  frameNumber: number;
  /** Frames since the episode began. */
  episodeFrameNumber: number;
  /**
   * The process was replaced (`restartOnFailure`): what had happened. In a step the episode is truncated; in a reset
   * the new one begins all the same.
   */
  failure?: AleError;
  /** After a seeded reset: the seeds of the frame skip's generator and of ALE's. */
  seeds?: [number, number];
  /** Room for what wrappers add. */
  [key: string]: unknown;
}

/** Result of {@link AtariEnv.reset}. */
export interface AtariReset {
  /** First observation; the next `reset` or `step` overwrites it. */
  observation: Uint8Array;
  /** Facts beside it. */
  info: AtariInfo;
}

/** Result of {@link AtariEnv.step}. */
export interface AtariStep extends AtariReset {
  /** Score gained in this step, unclipped. */
  reward: number;
  /** The game is over. */
  terminated: boolean;
  /** The limit of frames is reached. */
  truncated: boolean;
}

/** Options of {@link AtariEnv.repeatStep}. */
export interface RepeatOptions {
  /** Most steps to play, 1 to 65535. */
  times: number;
  /** Whether the observation is the elementwise maximum of the last two steps', default false: the last one's. */
  max?: boolean;
}

/** Result of {@link AtariEnv.repeatStep}. */
export interface AtariRepeat extends AtariStep {
  /** Steps played: fewer than asked for where the episode ended. */
  steps: number;
}

/** An RGB picture. */
export interface AtariFrame {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** `height * width * 3` bytes, row by row. */
  data: Uint8Array;
}

/** A saved game: plain values and arrays. */
export interface AtariState {
  /** ALE's name of the game. */
  game: string;
  /** ALE's state with its random generator. */
  emulator: Uint8Array;
  /** The picture on the screen, compressed. */
  frame: Uint8Array;
  /** State of the frame skip's generator, as JSON. */
  generator: string;
  /** The action that a sticky frame repeats. */
  stickyAction: number;
  /** Paddle strength of that action. */
  stickyStrength: number;
  /** Whether an episode is running. */
  playing: boolean;
  /** States are open records. */
  [key: string]: string | number | boolean | Uint8Array;
}
