/** What a game has to offer to be played as an arcade environment. */

import type { StateRecord } from "../../core/state.js";

/** The rules of a game, one frame (1/60 second) at a time, without pictures and without chance. */
export interface ArcadeGame {
  /** Lives left. */
  readonly lives: number;
  /** Whether the game has ended. */
  readonly over: boolean;
  /** Sets up a new game. */
  start(): void;
  /** Plays one frame and returns the points it brought. */
  frame(action: number): number;
  /** A copy of everything that decides what happens next. */
  getState(): StateRecord;
  /** Puts such a copy back; throws `InvalidArgumentError` when it is not one. */
  setState(state: StateRecord): void;
}

/** Actions of the arcade games with a paddle or a gun, in the order of ALE's minimal sets. */
export const PADDLE_ACTIONS: readonly string[] = ["NOOP", "FIRE", "RIGHT", "LEFT"];
/** Indices of {@link PADDLE_ACTIONS}. */
export const PaddleAction = { noop: 0, fire: 1, right: 2, left: 3 } as const;
