/** Atari games whose calls are promises, for systems without named pipes. */

import type { ActionMeaning } from "./actions.js";
import { AtariGame } from "./atari-game.js";
import type { AtariOptions } from "./atari-options.js";
import type {
  AtariFrame,
  AtariRepeat,
  AtariReset,
  AtariState,
  AtariStep,
  RepeatOptions,
} from "./atari-types.js";
import { runAsync } from "./flow.js";
import type { ProcessVersions } from "./link.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";

/**
 * {@link AtariEnv} with promises: it communicates with Python over standard input and output, which every system has,
 * including Windows, and leaves the event loop free while waiting. Games are the same, bit for bit. One call at a
 * time: await each before the next.
 *
 * @example
 * ```ts
 * const env = await AsyncAtariEnv.create("ALE/Breakout-v5");
 * await env.reset({ seed: 0 });
 * const { reward } = await env.step(1);
 * env.close();
 * ```
 */
export class AsyncAtariEnv {
  private constructor(private readonly game: AtariGame) {}

  /**
   * Starts the emulator's process.
   *
   * @param id one of `atariIds()`
   * @throws AleError when an option is invalid, or Python, ale-py or the ROM is missing
   */
  static async create(id: string, options: AtariOptions = {}): Promise<AsyncAtariEnv> {
    return new AsyncAtariEnv(await runAsync(AtariGame.open(id, options, "stdio")));
  }

  /** Environment id, e.g. `"ALE/Breakout-v5"`. */
  get id(): string {
    return this.game.id;
  }

  /** Observation space: uint8 `[210, 160, 3]`, `[210, 160]` or `[128]`, by `obsType`; PAL games are 250 rows high. */
  get observationSpace(): BoxSpec {
    return this.game.observationSpace;
  }

  /** Action space: discrete; with `continuous` a box of three. */
  get actionSpace(): DiscreteSpec | BoxSpec {
    return this.game.actionSpace;
  }

  /** Names of the actions; `undefined` with `continuous`. */
  get actionMeanings(): readonly ActionMeaning[] | undefined {
    return this.game.actionMeanings;
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.game.pid;
  }

  /** Versions of Python, ale-py and numpy in use. */
  get versions(): ProcessVersions {
    return this.game.versions;
  }

  /** Number of times that the Python process was replaced; see the option `restartOnFailure`. */
  get restarts(): number {
    return this.game.restarts;
  }

  /** Starts a new episode; see {@link AtariEnv.reset}. */
  reset(options: { seed?: number } = {}): Promise<AtariReset> {
    return runAsync(this.game.reset(options));
  }

  /** Plays one step; see {@link AtariEnv.step}. */
  step(action: number | ArrayLike<number>): Promise<AtariStep> {
    return runAsync(this.game.step(action));
  }

  /** Plays one action for several steps; see {@link AtariEnv.repeatStep}. */
  repeatStep(action: number | ArrayLike<number>, options: RepeatOptions): Promise<AtariRepeat> {
    return runAsync(this.game.repeatStep(action, options));
  }

  /** Renders the current frame; see {@link AtariEnv.render}. */
  render(): Promise<AtariFrame> {
    return runAsync(this.game.render());
  }

  /** Saves the game; see {@link AtariEnv.getState}. */
  getState(): Promise<AtariState> {
    return runAsync(this.game.getState());
  }

  /** Restores a saved game; see {@link AtariEnv.setState}. */
  setState(state: Readonly<Record<string, unknown>>): Promise<void> {
    return runAsync(this.game.setState(state));
  }

  /** Ends the emulator's process. Calling it twice is allowed; other calls then throw. */
  close(): void {
    this.game.close();
  }
}
