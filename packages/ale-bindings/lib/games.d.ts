/** The game and settings of an environment id. */
export interface GameSpec {
  /** Environment id, e.g. `"ALE/SpaceInvaders-v5"`. */
  readonly id: string;
  /** ALE's name of the game, e.g. `"space_invaders"`. */
  readonly game: string;
  /** Frames per step; `[low, high)` draws a number of frames for every step. */
  readonly frameskip: number | readonly [number, number];
  /** Probability that a frame repeats the previous action. */
  readonly repeatActionProbability: number;
}
/** All environments that ale-py registers. */
export function environments(): GameSpec[];
