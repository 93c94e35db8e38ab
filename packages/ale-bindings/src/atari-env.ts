/** Atari games as Gymnasium environments. */

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
import { runSync } from "./flow.js";
import type { ProcessVersions } from "./link.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";

/**
 * One Atari game with the semantics of ale-py's `AtariEnv`: the same seeds give the same episodes, bit
 * for bit. Every step is one round trip to a Python process that the environment owns.
 *
 * @example
 * ```ts
 * const env = new AtariEnv("ALE/Breakout-v5");
 * env.reset({ seed: 0 });
 * let done = false;
 * while (!done) {
 *   const step = env.step(Math.floor(Math.random() * 4));
 *   done = step.terminated || step.truncated;
 * }
 * env.close();
 * ```
 */
export class AtariEnv {
  /** Environment id, e.g. `"ALE/Breakout-v5"`. */
  readonly id: string;
  /** Observation space: uint8 `[210, 160, 3]`, `[210, 160]` or `[128]`, by `obsType`; PAL games are 250 rows high. */
  readonly observationSpace: BoxSpec;
  /** Action space: discrete; with `continuous` a box of three. */
  readonly actionSpace: DiscreteSpec | BoxSpec;
  /** Names of the actions; missing with `continuous`. */
  readonly actionMeanings?: readonly ActionMeaning[];
  private readonly game: AtariGame;

  /**
   * @param id one of `atariIds()`
   * @throws AleError when an option is invalid, or Python, ale-py or the ROM is missing
   */
  constructor(id: string, options: AtariOptions = {}) {
    this.game = runSync(AtariGame.open(id, options, "fifo"));
    this.id = id;
    this.observationSpace = this.game.observationSpace;
    this.actionSpace = this.game.actionSpace;
    if (this.game.actionMeanings) this.actionMeanings = this.game.actionMeanings;
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

  /** Seconds that the emulator's process spent on the last `reset` or `step`; the rest was communication. */
  get emulatorSeconds(): number {
    return this.game.seconds;
  }

  /**
   * Starts a new episode. A seed determines everything random from here on; without one the generators continue.
   *
   * @throws AleError `INVALID_ARGUMENT` when the seed is not a whole number of at least 0; `PROCESS_DIED`,
   *   `PROCESS_HUNG`
   */
  reset(options: { seed?: number } = {}): AtariReset {
    return runSync(this.game.reset(options));
  }

  /**
   * Plays one step: the action for all frames of the frame skip. As in ale-py, the last frame is the
   * observation, and the rewards of all frames are summed.
   *
   * @param action index of an action, or `[radius, theta, fire]` with `continuous`
   * @throws AleError `INVALID_STATE` before `reset` and after an episode's end; `INVALID_ARGUMENT`;
   *   `PROCESS_DIED`, `PROCESS_HUNG` with `seed` and `step`, unless `restartOnFailure`
   */
  step(action: number | ArrayLike<number>): AtariStep {
    return runSync(this.game.step(action));
  }

  /**
   * Plays one action for several steps in one round trip, with the same results as that many calls of
   * {@link AtariEnv.step}: rewards are summed, and it stops at an episode's end. `info` is the last step's. The option
   * `timeout` applies to every hundred steps or part thereof.
   *
   * @throws AleError as {@link AtariEnv.step}, and `INVALID_ARGUMENT` for `times`
   *
   * @example
   * ```ts
   * const env = new AtariEnv("BreakoutNoFrameskip-v4");
   * env.reset({ seed: 0 });
   * const { observation, reward, steps } = env.repeatStep(1, { times: 4, max: true }); // DeepMind's skip
   * ```
   */
  repeatStep(action: number | ArrayLike<number>, options: RepeatOptions): AtariRepeat {
    return runSync(this.game.repeatStep(action, options));
  }

  /** Renders the current frame; does not change the last observation. */
  render(): AtariFrame {
    return runSync(this.game.render());
  }

  /** Returns everything that determines what follows: emulator, its generator, pending sticky action, frame skip. */
  getState(): AtariState {
    return runSync(this.game.getState());
  }

  /**
   * Restores a state that {@link AtariEnv.getState} returned, in this or another environment of the same
   * game and options; the game then continues from there.
   *
   * @throws AleError `INVALID_ARGUMENT` when the state is from another game or incomplete
   */
  setState(state: Readonly<Record<string, unknown>>): void {
    runSync(this.game.setState(state));
  }

  /** Ends the emulator's process. Calling it twice is allowed; other calls then throw. */
  close(): void {
    this.game.close();
  }
}
