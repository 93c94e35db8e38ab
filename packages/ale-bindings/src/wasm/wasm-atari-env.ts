/** Atari games as Gymnasium environments, played by ALE's WebAssembly module. */

import { ACTION_MEANINGS, type ActionMeaning } from "../actions.js";
import { ALEState } from "../ale-state.js";
import { type AtariOptions, type GameOptions, gameOptions } from "../atari-options.js";
import type { AtariFrame, AtariInfo, AtariReset, AtariStep } from "../atari-types.js";
import { checkAction } from "../check-action.js";
import { AleError, invalidArgument } from "../errors.js";
import { gameSpec } from "../games.js";
import { checkSeed } from "../seeds.js";
import type { BoxSpec, DiscreteSpec } from "../spaces.js";
import type { WasmModule } from "./module.js";
import { generateState, PCG64 } from "./numpy-random.js";
import { type RomFiles, WasmALEInterface } from "./wasm-ale-interface.js";

/** Options of {@link WasmAtariEnv}: those of `AtariEnv` that do not concern a process. */
export interface WasmAtariOptions
  extends Omit<AtariOptions, "python" | "startTimeout" | "timeout" | "restartOnFailure" | "continuous"> {
  /** ALE's module, the result of `createALEModule()`. */
  module: WasmModule;
  /** Bytes of ROMs by the names of their games, as ale-py spells them, e.g. `{ breakout: bytes }`. */
  roms: RomFiles;
}

/** A saved game. The module does not expose its random generator, so randomness continues differently. */
export interface WasmAtariState {
  /** ALE's name of the game. */
  game: string;
  /** ALE's state without its random generator. */
  emulator: Uint8Array;
  /** The RGB frame on the screen. */
  frame: Uint8Array;
  /** State of the frame skip's generator. */
  generator: string;
  /** Whether an episode is running. */
  playing: boolean;
  /** Index signature, so that states are accepted as records. */
  [key: string]: string | boolean | Uint8Array;
}

/**
 * {@link AtariEnv} without Python, in this thread, also in a browser: the same ids, options, seeds and
 * episodes. `continuous` is not supported, because the module has no paddle strength.
 *
 * @example
 * ```ts
 * const env = new WasmAtariEnv("ALE/Breakout-v5", {
 *   module: await createALEModule(), // from ale-wasm-<version>.zip of ALE's releases
 *   roms: { breakout: romBytes },
 * });
 * env.reset({ seed: 0 });
 * const { observation, reward } = env.step(1);
 * ```
 */
export class WasmAtariEnv {
  /** Environment id, e.g. `"ALE/Breakout-v5"`. */
  readonly id: string;
  /** Observation space: uint8 `[210, 160, 3]`, `[210, 160]` or `[128]`, by `obsType`; PAL games are 250 rows high. */
  readonly observationSpace: BoxSpec;
  /** Action space. */
  readonly actionSpace: DiscreteSpec;
  /** Names of the actions. */
  readonly actionMeanings: readonly ActionMeaning[];
  private readonly ale: WasmALEInterface;
  private readonly game: GameOptions;
  private readonly actions: readonly number[];
  private readonly observation: Uint8Array;
  private generator = new PCG64(0);
  private frame: Uint8Array | null = null;
  private playing = false;

  /**
   * @param id one of `atariIds()`
   * @throws AleError `INVALID_ARGUMENT` when an option is invalid, `ROM_MISSING` without the game's ROM
   */
  constructor(id: string, { module, roms, ...options }: WasmAtariOptions) {
    if ("continuous" in options) {
      throw new AleError("UNSUPPORTED", "continuous: ALE's WebAssembly module has no paddle strength");
    }
    this.id = id;
    this.game = gameOptions(gameSpec(id), options);
    this.ale = new WasmALEInterface(module, roms);
    try {
      this.ale.setFloat("repeat_action_probability", this.game.repeatActionProbability);
      const { maxNumFramesPerEpisode } = this.game;
      if (maxNumFramesPerEpisode !== null)
        this.ale.setInt("max_num_frames_per_episode", maxNumFramesPerEpisode);
      this.seed(crypto.getRandomValues(new Uint32Array(1))[0]);
      this.load();
    } catch (error) {
      this.ale.close();
      throw error;
    }
    this.actions = this.game.fullActionSpace ? this.ale.getLegalActionSet() : this.ale.getMinimalActionSet();
    this.actionSpace = { kind: "discrete", shape: [], dtype: "int32", n: this.actions.length };
    this.actionMeanings = this.actions.map((action) => ACTION_MEANINGS[action]);
    const [height, width] = this.ale.getScreenDims();
    const { obsType } = this.game;
    const shape = { rgb: [height, width, 3], grayscale: [height, width], ram: [this.ale.getRAMSize()] }[
      obsType
    ];
    this.observationSpace = { kind: "box", shape, dtype: "uint8", low: 0, high: 255 };
    this.observation = new Uint8Array(shape.reduce((product, length) => product * length, 1));
  }

  /**
   * Starts a new episode. A seed determines everything random from here on; without one the generators continue.
   *
   * @throws AleError `INVALID_ARGUMENT` when the seed is not a whole number of at least 0
   */
  reset({ seed }: { seed?: number } = {}): AtariReset {
    checkSeed(seed);
    let seeds: [number, number] | undefined;
    if (seed !== undefined) {
      seeds = this.seed(seed);
      this.load();
    }
    this.ale.resetGame();
    this.frame = null;
    this.playing = true;
    this.observe();
    return { observation: this.observation, info: { ...this.info(), ...(seeds && { seeds }) } };
  }

  /**
   * Plays one step: the action for all frames of the frame skip; see `AtariEnv.step`.
   *
   * @param action index of an action
   * @throws AleError `INVALID_STATE` before `reset` and after an episode's end; `INVALID_ARGUMENT`
   */
  step(action: number | ArrayLike<number>): AtariStep {
    if (!this.playing) {
      throw new AleError("INVALID_STATE", "expected a running episode: call reset() before step()");
    }
    checkAction(action, this.actionSpace);
    const { frameskip } = this.game;
    const frames =
      typeof frameskip === "number" ? frameskip : this.generator.integer(frameskip[0], frameskip[1]);
    const code = this.actions[action as number];
    let reward = 0;
    for (let i = 0; i < frames; i++) reward += this.ale.act(code);
    this.frame = null;
    this.observe();
    const terminated = this.ale.gameOver({ withTruncation: false });
    const truncated = this.ale.gameTruncated();
    this.playing = !terminated && !truncated;
    return { observation: this.observation, reward, terminated, truncated, info: this.info() };
  }

  /** Renders the current frame; does not change the last observation. */
  render(): AtariFrame {
    const [height, width] = this.ale.getScreenDims();
    return { height, width, data: this.frame?.slice() ?? this.ale.getScreenRGB() };
  }

  /** Returns the game without ALE's random generator: with sticky actions what follows may differ. */
  getState(): WasmAtariState {
    return {
      game: this.game.game,
      emulator: this.ale.cloneState().serialize(),
      frame: this.render().data,
      generator: this.generator.getState(),
      playing: this.playing,
    };
  }

  /**
   * Restores what {@link WasmAtariEnv.getState} returned.
   *
   * @throws AleError `INVALID_ARGUMENT` when the state is from another game or incomplete
   */
  setState(state: Readonly<Record<string, unknown>>): void {
    const { game, emulator, frame, generator, playing } = state as WasmAtariState;
    if (game !== this.game.game) {
      throw invalidArgument(
        "state",
        `expected a state of ${this.game.game}, received one of ${String(game)}`,
      );
    }
    if (
      !(emulator instanceof Uint8Array && frame instanceof Uint8Array) ||
      typeof generator !== "string" ||
      typeof playing !== "boolean"
    ) {
      throw invalidArgument("state", "expected what getState() returned");
    }
    this.generator = PCG64.restore(generator);
    this.ale.restoreState(new ALEState(emulator));
    this.frame = frame.slice();
    this.playing = playing;
  }

  /** Frees the emulator. Calling it twice is allowed; other calls then throw. */
  close(): void {
    this.ale.close();
  }

  // As Gymnasium seeds ale-py: one seed for the frame skip, one for ALE.
  private seed(seed: number): [number, number] {
    const [skip, ale] = generateState(seed, 2);
    this.generator = new PCG64(skip);
    this.ale.setInt("random_seed", ale | 0);
    return [skip, ale];
  }

  private load(): void {
    const { game, mode, difficulty } = this.game;
    this.ale.loadROM(game);
    if (mode !== null) this.ale.setMode(mode);
    if (difficulty !== null) this.ale.setDifficulty(difficulty);
  }

  private observe(): void {
    const { obsType } = this.game;
    if (obsType === "rgb") this.ale.getScreenRGB(this.observation);
    else if (obsType === "grayscale") this.ale.getScreenGrayscale(this.observation);
    else this.ale.getRAM(this.observation);
  }

  private info(): AtariInfo {
    return {
      lives: this.ale.lives(),
      frameNumber: this.ale.getFrameNumber(),
      episodeFrameNumber: this.ale.getEpisodeFrameNumber(),
    };
  }
}
