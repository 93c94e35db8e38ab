/** Interface of the games that arcade environments run. */

import type { StateRecord } from "../../core/state.js";

/** The rules of a game, one frame (1/60 second) at a time, without rendering and randomness. */
export interface ArcadeGame {
  /** Number of lives left. */
  readonly lives: number;
  /** Whether the game has ended. */
  readonly over: boolean;
  /** Starts a new game. */
  start(): void;
  /** Plays one frame and returns the points scored in it. */
  frame(action: number): number;
  /** A copy of everything that determines what happens next. */
  getState(): StateRecord;
  /** Restores such a copy; throws `InvalidArgumentError` when it is invalid. */
  setState(state: StateRecord): void;
}

/** Actions of the arcade games with a paddle or a gun, in the order of ALE's minimal sets. */
export const PADDLE_ACTIONS: readonly string[] = ["NOOP", "FIRE", "RIGHT", "LEFT"];
/** Indices of {@link PADDLE_ACTIONS}. */
export const PaddleAction = { noop: 0, fire: 1, right: 2, left: 3 } as const;
