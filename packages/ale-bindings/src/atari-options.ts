/** Options of an Atari environment and their checks. */

import type { GameSpec } from "../lib/games.js";
import {
  checkOptions,
  isBoolean,
  isInteger,
  isUnit,
  type OptionCheck,
  processChecks,
} from "./check-options.js";
import type { ProcessOptions } from "./link.js";

/** Type of the observations. */
export type ObservationType = "rgb" | "grayscale" | "ram";

/** Options of an Atari environment; the defaults come from its id, as in Gymnasium. */
export interface AtariOptions extends ProcessOptions {
  /** Observation type: `"rgb"` `[210, 160, 3]` (default), `"grayscale"` `[210, 160]` or `"ram"` `[128]`. */
  obsType?: ObservationType;
  /** Frames per step, or `[low, high)` to draw a number for every step. */
  frameskip?: number | readonly [number, number];
  /** Probability that a frame repeats the previous action. */
  repeatActionProbability?: number;
  /** Whether all 18 actions are available instead of those that have an effect in this game, default false. */
  fullActionSpace?: boolean;
  /** Whether actions are `[radius 0..1, theta -pi..pi, fire 0..1]` instead of numbers, default false. */
  continuous?: boolean;
  /** Threshold above which a continuous direction or button counts as pressed, default 0.5. */
  continuousActionThreshold?: number;
  /** Number of frames after which an episode is truncated, default 108000 (half an hour); `null` for no limit. */
  maxNumFramesPerEpisode?: number | null;
  /** Mode of the game, default the game's own. */
  mode?: number;
  /** Difficulty of the game, default the game's own. */
  difficulty?: number;
  /**
   * Whether a Python process that died or hangs is replaced, default false. The step that meets the failure
   * then returns the last observation, reward 0, `truncated` and `info.failure`, and the next `reset` starts
   * a game in the new process; after a seeded reset its seed is derived from that seed. `render` and
   * `getState` still throw, because the state they ask for is lost.
   */
  restartOnFailure?: boolean;
}

/** The options that the Python side needs, with defaults filled in. */
export interface GameOptions {
  game: string;
  obsType: ObservationType;
  frameskip: number | readonly [number, number];
  repeatActionProbability: number;
  fullActionSpace: boolean;
  continuous: boolean;
  continuousActionThreshold: number;
  maxNumFramesPerEpisode: number | null;
  mode: number | null;
  difficulty: number | null;
}

const checks: Record<keyof AtariOptions, OptionCheck> = {
  obsType: ['"rgb", "grayscale" or "ram"', (value) => ["rgb", "grayscale", "ram"].includes(value as string)],
  frameskip: ["a positive integer, or [low, high] with 0 < low < high", isFrameskip],
  repeatActionProbability: ["a number in 0..1", isUnit],
  fullActionSpace: ["true or false", isBoolean],
  continuous: ["true or false", isBoolean],
  continuousActionThreshold: ["a number in 0..1", isUnit],
  maxNumFramesPerEpisode: ["a positive integer or null", (value) => value === null || isInteger(value, 1)],
  mode: ["a whole number", (value) => isInteger(value, 0)],
  difficulty: ["a whole number", (value) => isInteger(value, 0)],
  ...processChecks,
  restartOnFailure: ["true or false", isBoolean],
};

/**
 * Checks options and adds the id's defaults.
 *
 * @throws AleError `INVALID_ARGUMENT` for an unknown option or an invalid value
 */
export function gameOptions(spec: GameSpec, options: AtariOptions): GameOptions {
  checkOptions(options, checks);
  return {
    game: spec.game,
    obsType: options.obsType ?? "rgb",
    frameskip: options.frameskip ?? spec.frameskip,
    repeatActionProbability: options.repeatActionProbability ?? spec.repeatActionProbability,
    fullActionSpace: options.fullActionSpace ?? false,
    continuous: options.continuous ?? false,
    continuousActionThreshold: options.continuousActionThreshold ?? 0.5,
    maxNumFramesPerEpisode:
      options.maxNumFramesPerEpisode === undefined ? 108_000 : options.maxNumFramesPerEpisode,
    mode: options.mode ?? null,
    difficulty: options.difficulty ?? null,
  };
}

function isFrameskip(value: unknown): boolean {
  if (!Array.isArray(value)) return isInteger(value, 1);
  return value.length === 2 && isInteger(value[0], 1) && isInteger(value[1], value[0] + 1);
}
