/** Atari games as Gymnasium environments. */

import { ACTION_MEANINGS, type ActionMeaning } from "./actions.js";
import { type AtariOptions, gameOptions } from "./atari-options.js";
import { AleError, invalidArgument } from "./errors.js";
import { gameSpec } from "./games.js";
import { AleProcess, Operation, type ProcessVersions } from "./process.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";

/** Facts beside an observation. */
export interface AtariInfo {
  /** Lives left; 0 in games without lives. */
  lives: number;
  /** Frames since the ROM was loaded. */
  frameNumber: number;
  /** Frames since the episode began. */
  episodeFrameNumber: number;
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
  /** uint8 `[210, 160, 3]`, `[210, 160]` or `[128]`, by `obsType`; PAL games are 250 rows high. */
  readonly observationSpace: BoxSpec;
  /** Actions by number; with `continuous` a box of three. */
  readonly actionSpace: DiscreteSpec | BoxSpec;
  /** Names of the actions; missing with `continuous`. */
  readonly actionMeanings?: readonly ActionMeaning[];
  private readonly process: AleProcess;
  private readonly game: string;
  private readonly screen: readonly [number, number];
  private readonly request: Buffer;
  private readonly reply = new Uint8Array(4096);
  private readonly record = new DataView(this.reply.buffer);
  private readonly observation: Uint8Array;
  private playing = false;

  /**
   * @param id one of `atariIds()`
   * @throws AleError when an option is wrong, or Python, ale-py or the ROM is missing
   */
  constructor(id: string, options: AtariOptions = {}) {
    const game = gameOptions(gameSpec(id), options);
    this.id = id;
    this.game = game.game;
    this.process = new AleProcess(options);
    const { shape, actions, screen } = this.open(game);
    this.screen = screen;
    this.observationSpace = { kind: "box", shape, dtype: "uint8", low: 0, high: 255 };
    if (game.continuous) {
      const bounds = { low: [0, -Math.PI, 0].map(Math.fround), high: [1, Math.PI, 1].map(Math.fround) };
      this.actionSpace = { kind: "box", shape: [3], dtype: "float32", ...bounds };
    } else {
      this.actionSpace = { kind: "discrete", shape: [], dtype: "int32", n: actions.length };
      this.actionMeanings = actions.map((action) => ACTION_MEANINGS[action]);
    }
    this.request = Buffer.alloc(game.continuous ? 20 : 12);
    this.request.writeUInt32LE(this.request.length - 4, 0);
    this.request.writeUInt32LE(Operation.step, 4);
    this.observation = new Uint8Array(shape.reduce((product, length) => product * length, 1));
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.process.pid;
  }

  /** Versions of Python, ale-py and numpy in use. */
  get versions(): ProcessVersions {
    return this.process.versions;
  }

  /**
   * Starts a new episode. A seed fixes everything random from here on; without one the generators go on.
   *
   * @throws AleError `INVALID_ARGUMENT` when the seed is not a whole number of at least 0
   */
  reset(options: { seed?: number } = {}): AtariReset {
    const { seed } = options;
    if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw invalidArgument("seed", `expected a whole number of at least 0, received ${seed}`);
    }
    this.process.request("reset", [seed ?? null], this.reply);
    this.process.readObservation(this.observation);
    this.playing = true;
    const info = this.info();
    if (seed !== undefined) info.seeds = [this.record.getUint32(32, true), this.record.getUint32(36, true)];
    return { observation: this.observation, info };
  }

  /**
   * Plays one step: the action for all frames of the frame skip. As in ale-py, the last frame is the
   * observation, and the rewards of all frames are summed.
   *
   * @param action number of an action, or `[radius, theta, fire]` with `continuous`
   * @throws AleError `INVALID_STATE` before `reset` and after an episode's end; `INVALID_ARGUMENT`
   */
  step(action: number | ArrayLike<number>): AtariStep {
    if (!this.playing) {
      throw new AleError("INVALID_STATE", "expected a running episode: call reset() before step()");
    }
    this.writeAction(action);
    this.process.roundTrip(this.request, this.reply);
    this.process.readObservation(this.observation);
    const terminated = this.reply[28] === 1;
    const truncated = this.reply[29] === 1;
    this.playing = !terminated && !truncated;
    const reward = this.record.getFloat64(8, true);
    return { observation: this.observation, reward, terminated, truncated, info: this.info() };
  }

  /** A picture of the present moment; does not touch the last observation. */
  render(): AtariFrame {
    const { raw } = this.process.call("render");
    return { height: this.screen[0], width: this.screen[1], data: raw };
  }

  /** Everything that decides what follows: emulator, its generator, pending sticky action, frame skip. */
  getState(): AtariState {
    const { value, raw } = this.process.call<{
      action: number;
      strength: number;
      generator: string;
      size: number;
    }>("save");
    return {
      game: this.game,
      emulator: raw.slice(0, value.size),
      frame: raw.slice(value.size),
      generator: value.generator,
      stickyAction: value.action,
      stickyStrength: value.strength,
      playing: this.playing,
    };
  }

  /**
   * Puts back a state that {@link AtariEnv.getState} returned, in this or another environment of the same
   * game and options; play then goes on as from there.
   *
   * @throws AleError `INVALID_ARGUMENT` when the state is of another game or incomplete
   */
  setState(state: Readonly<Record<string, unknown>>): void {
    const { game, emulator, frame, generator, stickyAction, stickyStrength, playing } = state as AtariState;
    if (game !== this.game) {
      throw invalidArgument("state", `expected a state of ${this.game}, received one of ${String(game)}`);
    }
    if (
      !(emulator instanceof Uint8Array && frame instanceof Uint8Array) ||
      typeof generator !== "string" ||
      typeof stickyAction !== "number" ||
      typeof stickyStrength !== "number" ||
      typeof playing !== "boolean"
    ) {
      throw invalidArgument("state", "expected what getState() returned");
    }
    const plain = { action: stickyAction, strength: stickyStrength, generator, size: emulator.length };
    this.process.call("restore", [plain], Buffer.concat([emulator, frame]));
    this.playing = playing;
  }

  /** Ends the emulator's process. Calling it twice is allowed; other calls then throw. */
  close(): void {
    this.process.close();
  }

  private open(game: ReturnType<typeof gameOptions>) {
    try {
      return this.process.call<{ shape: number[]; actions: number[]; screen: [number, number] }>("open", [
        game,
      ]).value;
    } catch (error) {
      this.process.close();
      throw error;
    }
  }

  private writeAction(action: number | ArrayLike<number>): void {
    if (this.actionSpace.kind === "discrete") {
      const { n } = this.actionSpace;
      if (!(Number.isInteger(action) && (action as number) >= 0 && (action as number) < n)) {
        throw invalidArgument("action", `expected an integer in 0..${n - 1}, received ${String(action)}`);
      }
      this.request.writeInt32LE(action as number, 8);
      return;
    }
    const { low, high } = this.actionSpace;
    for (let i = 0; i < 3; i++) {
      const value = typeof action === "number" ? Number.NaN : Math.fround(action[i]);
      if (!(value >= (low as number[])[i] && value <= (high as number[])[i])) {
        throw invalidArgument(
          "action",
          `expected [radius 0..1, theta -pi..pi, fire 0..1], received ${JSON.stringify(action)}`,
        );
      }
      this.request.writeFloatLE(value, 8 + 4 * i);
    }
  }

  private info(): AtariInfo {
    return {
      lives: this.record.getInt32(16, true),
      frameNumber: this.record.getInt32(24, true),
      episodeFrameNumber: this.record.getInt32(20, true),
    };
  }
}
