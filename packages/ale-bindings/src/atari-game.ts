/** One Atari game in a Python process, as flows: AtariEnv runs them synchronously, AsyncAtariEnv with promises. */

import { ACTION_MEANINGS, type ActionMeaning } from "./actions.js";
import { type AtariOptions, type GameOptions, gameOptions } from "./atari-options.js";
import type {
  AtariFrame,
  AtariInfo,
  AtariRepeat,
  AtariReset,
  AtariState,
  AtariStep,
  RepeatOptions,
} from "./atari-types.js";
import { checkAction, continuousBounds } from "./check-action.js";
import { openIn, type Transport } from "./connect.js";
import { AleError, duringEpisode, invalidArgument, isProcessFailure } from "./errors.js";
import { type Flow, settled } from "./flow.js";
import { gameSpec } from "./games.js";
import { closedError, DEFAULT_TIMEOUT, type Link, type ProcessVersions } from "./link.js";
import { callRequest, Operation, readValue, SMALL_REPLY, STEP_RECORD } from "./protocol.js";
import { checkSeed, restartSeed } from "./seeds.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";

// Attempts to start a new process for one reset.
const ATTEMPTS = 3;
// Number of steps that share one `timeout`.
const STEPS_IN_TIME = 100;
// Steps are counted in two bytes.
const MOST_STEPS = 65535;

interface Opened {
  link: Link;
  shape: number[];
  actions: number[];
  screen: [number, number];
}

/** Implementation of {@link AtariEnv}. */
export class AtariGame {
  readonly id: string;
  readonly observationSpace: BoxSpec;
  readonly actionSpace: DiscreteSpec | BoxSpec;
  readonly actionMeanings?: readonly ActionMeaning[];
  /** Number of times that the process was replaced. */
  restarts = 0;
  /** Seconds that the Python side spent on the last `reset` or `step`. */
  seconds = 0;
  private link: Link;
  private readonly screen: readonly [number, number];
  private readonly request: Buffer;
  private readonly repeatRequest: Buffer;
  private readonly reply: Uint8Array;
  private record: DataView;
  private readonly observation: Uint8Array;
  private playing = false;
  private steps = 0;
  private seed: number | undefined;
  private nextSeed: number | undefined;
  private lastInfo: AtariInfo = { lives: 0, frameNumber: 0, episodeFrameNumber: 0 };
  // The failure that ended the episode between two steps, until a step has reported it.
  private pendingFailure: AleError | null = null;
  private closed = false;

  private constructor(
    id: string,
    private readonly transport: Transport,
    private readonly game: GameOptions,
    private readonly options: AtariOptions,
    { link, shape, actions, screen }: Opened,
  ) {
    this.id = id;
    this.link = link;
    this.screen = screen;
    this.observationSpace = { kind: "box", shape, dtype: "uint8", low: 0, high: 255 };
    if (game.continuous) {
      this.actionSpace = { kind: "box", shape: [3], dtype: "float32", ...continuousBounds };
    } else {
      this.actionSpace = { kind: "discrete", shape: [], dtype: "int32", n: actions.length };
      this.actionMeanings = actions.map((action) => ACTION_MEANINGS[action]);
    }
    this.request = Buffer.alloc(game.continuous ? 20 : 12);
    this.request.writeUInt32LE(this.request.length - 4, 0);
    this.request.writeUInt32LE(Operation.step, 4);
    this.repeatRequest = Buffer.alloc(this.request.length + 8);
    this.repeatRequest.writeUInt32LE(this.repeatRequest.length - 4, 0);
    this.repeatRequest.writeUInt32LE(Operation.repeat, 4);
    this.observation = new Uint8Array(shape.reduce((product, length) => product * length, 1));
    const inline = transport === "stdio" ? this.observation.length : 0;
    this.reply = new Uint8Array(Math.max(SMALL_REPLY, STEP_RECORD + inline));
    this.record = new DataView(this.reply.buffer);
  }

  /** Starts a process and opens the game in it. */
  static *open(id: string, options: AtariOptions, transport: Transport): Flow<AtariGame> {
    const game = gameOptions(gameSpec(id), options);
    return new AtariGame(
      id,
      transport,
      game,
      options,
      yield* openIn<Opened>(transport, options, "open", game),
    );
  }

  get pid(): number {
    return this.link.pid;
  }

  get versions(): ProcessVersions {
    return this.link.versions;
  }

  *reset({ seed }: { seed?: number }): Flow<AtariReset> {
    checkSeed(seed);
    if (seed !== undefined) this.seed = seed;
    this.playing = false;
    this.pendingFailure = null;
    this.steps = 0;
    let failure: AleError | undefined;
    for (let attempt = 1; ; attempt++) {
      const first = seed ?? this.nextSeed;
      try {
        yield* this.exchange(
          callRequest("reset", [first ?? null]),
          this.options.startTimeout ?? DEFAULT_TIMEOUT,
        );
        break;
      } catch (error) {
        failure = yield* this.replace(error);
        if (attempt === ATTEMPTS) throw failure;
      }
    }
    this.nextSeed = undefined;
    this.playing = true;
    const info = this.info();
    if (failure) info.failure = failure;
    if (seed !== undefined) info.seeds = [this.record.getUint32(32, true), this.record.getUint32(36, true)];
    return { observation: this.observation, info };
  }

  *step(action: number | ArrayLike<number>): Flow<AtariStep> {
    const { steps: _, ...step } = yield* this.play(action, this.request, 8);
    return step;
  }

  *repeatStep(action: number | ArrayLike<number>, { times, max = false }: RepeatOptions): Flow<AtariRepeat> {
    if (!(Number.isInteger(times) && times > 0 && times <= MOST_STEPS)) {
      throw invalidArgument("times", `expected an integer in 1..${MOST_STEPS}, received ${times}`);
    }
    this.repeatRequest.writeUInt32LE(times, 8);
    this.repeatRequest.writeUInt32LE(max ? 1 : 0, 12);
    const timeout = Math.ceil(times / STEPS_IN_TIME) * (this.options.timeout ?? DEFAULT_TIMEOUT);
    return yield* this.play(action, this.repeatRequest, 16, timeout);
  }

  *render(): Flow<AtariFrame> {
    const { raw } = yield* this.call("render");
    return { height: this.screen[0], width: this.screen[1], data: raw };
  }

  *getState(): Flow<AtariState> {
    const { value, raw } = yield* this.call<{
      action: number;
      strength: number;
      generator: string;
      size: number;
    }>("save");
    return {
      game: this.game.game,
      emulator: raw.slice(0, value.size),
      frame: raw.slice(value.size),
      generator: value.generator,
      stickyAction: value.action,
      stickyStrength: value.strength,
      playing: this.playing,
    };
  }

  *setState(state: Readonly<Record<string, unknown>>): Flow<void> {
    const { game, emulator, frame, generator, stickyAction, stickyStrength, playing } = state as AtariState;
    if (game !== this.game.game) {
      throw invalidArgument(
        "state",
        `expected a state of ${this.game.game}, received one of ${String(game)}`,
      );
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
    const raw = Buffer.concat([emulator, frame]);
    try {
      yield* this.call("restore", [plain], raw);
    } catch (error) {
      if (!isProcessFailure(error) || !this.options.restartOnFailure) throw error;
      yield* this.call("restore", [plain], raw); // the state is complete, so a new process is equivalent
    }
    this.playing = playing;
    this.pendingFailure = null;
    this.nextSeed = undefined;
  }

  close(): void {
    this.closed = true;
    this.link.close();
  }

  // Sends a request with the action at `offset`.
  private *play(
    action: number | ArrayLike<number>,
    request: Buffer,
    offset: number,
    timeout?: number,
  ): Flow<AtariRepeat> {
    if (this.pendingFailure) return this.cut(this.pendingFailure);
    if (!this.playing) {
      throw new AleError("INVALID_STATE", "expected a running episode: call reset() before step()");
    }
    this.writeAction(action, request, offset);
    try {
      yield* this.exchange(request, timeout);
    } catch (error) {
      return this.cut(yield* this.replace(error));
    }
    const steps = this.record.getUint16(30, true);
    this.steps += steps;
    const terminated = this.reply[28] === 1;
    const truncated = this.reply[29] === 1;
    this.playing = !terminated && !truncated;
    const reward = this.record.getFloat64(8, true);
    return { observation: this.observation, reward, terminated, truncated, info: this.info(), steps };
  }

  // One request whose reply is a record with an observation.
  private *exchange(request: Uint8Array, timeout?: number): Flow<void> {
    const reply = yield* settled(this.link.roundTrip(request, this.reply, timeout));
    this.record = new DataView(reply.buffer, reply.byteOffset);
    this.link.readObservation(this.observation, STEP_RECORD, 0);
    this.seconds = this.record.getFloat64(40, true);
  }

  private *call<T>(
    name: string,
    args: unknown[] = [],
    raw?: Uint8Array,
  ): Flow<{ value: T; raw: Uint8Array }> {
    try {
      const request = callRequest(name, args, raw);
      return readValue<T>(yield* settled(this.link.roundTrip(request, new Uint8Array(SMALL_REPLY))));
    } catch (error) {
      const { playing } = this;
      const failure = yield* this.replace(error);
      if (playing) this.pendingFailure = failure;
      throw failure;
    }
  }

  // The result of a step that reports a process failure: the episode is truncated here.
  private cut(failure: AleError): AtariRepeat {
    this.pendingFailure = null;
    const info = { ...this.lastInfo, failure };
    return { observation: this.observation, reward: 0, terminated: false, truncated: true, info, steps: 1 };
  }

  // Replaces a process that has ended; any other error is rethrown.
  private *replace(error: unknown): Flow<AleError> {
    if (!isProcessFailure(error)) throw error;
    const failure = duringEpisode(error, this.seed, this.steps);
    this.playing = false;
    if (!this.options.restartOnFailure) throw failure;
    const { link } = yield* openIn(this.transport, this.options, "open", this.game);
    this.link = link;
    if (this.closed) {
      link.close(); // close() was called while it was starting
      throw closedError();
    }
    this.restarts++;
    if (this.seed !== undefined) this.nextSeed = restartSeed(this.seed, this.restarts);
    return failure;
  }

  private writeAction(action: number | ArrayLike<number>, request: Buffer, offset: number): void {
    checkAction(action, this.actionSpace);
    if (typeof action === "number") request.writeInt32LE(action, offset);
    else for (let i = 0; i < 3; i++) request.writeFloatLE(action[i], offset + 4 * i);
  }

  private info(): AtariInfo {
    this.lastInfo = {
      lives: this.record.getInt32(16, true),
      frameNumber: this.record.getInt32(24, true),
      episodeFrameNumber: this.record.getInt32(20, true),
    };
    return { ...this.lastInfo };
  }
}
