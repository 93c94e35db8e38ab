/** Many copies of one Atari game, stepped by ALE's own threads. */

import { ACTION_MEANINGS, type ActionMeaning } from "./actions.js";
import type { AtariFrame } from "./atari-types.js";
import { BatchRecord, batchRecordLength } from "./batch.js";
import { checkAction, continuousBounds } from "./check-action.js";
import { bestTransport, openIn, type Transport } from "./connect.js";
import { EpisodeCounter } from "./episode-counter.js";
import { AleError, duringEpisode, invalidArgument, isProcessFailure } from "./errors.js";
import { runAsync } from "./flow.js";
import { FrameStacks } from "./frame-stacks.js";
import { closedError, DEFAULT_TIMEOUT, type Link, type ProcessVersions } from "./link.js";
import { BATCH_REPLY, callRequest, Operation, SMALL_REPLY } from "./protocol.js";
import { checkSeed, restartSeed } from "./seeds.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";
import { type AtariVectorOptions, vectorArguments } from "./vector-options.js";
import type { AtariVectorInfo, AtariVectorReset, AtariVectorStep } from "./vector-types.js";

// Attempts to start a new process for one reset.
const ATTEMPTS = 3;
const MAX_SEED = 2 ** 31 - 1;

interface Opened {
  link: Link;
  shape: number[];
  actions: number[];
  batchSize: number;
}

/**
 * ale-py's `AtariVectorEnv`: `numEnvs` games with DeepMind's preprocessing inside, run by C++ threads of one
 * Python process. Seeds, frames, rewards and ends are those of ale-py. It follows the contract of a vector
 * environment with same-step autoreset and `finalObservations`, and counts complete, unclipped games in
 * `info.episode`.
 *
 * Not supported by ALE's C++ code: states cannot be saved, the RGB screen cannot be rendered (`render` returns the
 * newest frame of the observation), and a lost life with `episodicLife` starts a completely new game
 * (`lifeLossInfo` lets the game continue).
 *
 * With `restartOnFailure` a process that died or hangs is replaced: the step that meets the failure returns
 * first observations of new games, `truncated` everywhere, the last known observations as `finalObservations`
 * and `info.failure`.
 *
 * @example
 * ```ts
 * const envs = await AtariVectorEnv.create("ALE/Breakout-v5", { numEnvs: 8 });
 * await envs.reset({ seed: 0 });
 * const { observations, rewards } = await envs.step(new Int32Array(8)); // [8, 4, 84, 84], [8]
 * await envs.close();
 * ```
 */
export class AtariVectorEnv {
  /** The id or game's name that it was created with. */
  readonly id: string;
  /** Number of games. */
  readonly numEnvs: number;
  /** Number of games in one batch. */
  readonly batchSize: number;
  /**
   * Observation space: uint8 `[stackNum, imgHeight, imgWidth]`, with three channels more in colour; see the option
   * `layout`.
   */
  readonly observationSpace: BoxSpec;
  /** Action space: discrete; with `continuous` a box of three. */
  readonly actionSpace: DiscreteSpec | BoxSpec;
  /** Names of the actions; missing with `continuous`. */
  readonly actionMeanings?: readonly ActionMeaning[];
  /** Transport of the requests. */
  readonly transport: Transport;
  /** Number of times that the Python process was replaced. */
  restarts = 0;
  /** Seconds that the emulator's process spent on the last `reset` or `recv`; the rest was communication. */
  emulatorSeconds = 0;
  private link: Link;
  private readonly size: number;
  private readonly observations: Uint8Array;
  private readonly stacks: FrameStacks;
  // A record, followed by the newest frame of each of its games.
  private readonly received: Uint8Array;
  private readonly batch: BatchRecord;
  private readonly record: number;
  private readonly plane: number;
  private readonly request: Buffer;
  private readonly reply: Uint8Array;
  private readonly rewards: Float32Array;
  private readonly terminated: Uint8Array;
  private readonly truncated: Uint8Array;
  private readonly counter: EpisodeCounter;
  // Games whose episode was lost with its process and that have not been in a batch since: the failure to report.
  private readonly cut = new Map<number, { failure: AleError; last: Uint8Array }>();
  private envIds = new Int32Array(0);
  private phase: "new" | "ready" | "sent" | "closed" = "new";
  private steps = 0;
  private seed: number | undefined;

  private constructor(
    id: string,
    private readonly options: AtariVectorOptions,
    private readonly args: Record<string, unknown>,
    { link, shape, actions, batchSize }: Opened,
  ) {
    this.id = id;
    this.link = link;
    this.transport = options.transport ?? bestTransport();
    this.numEnvs = options.numEnvs;
    this.batchSize = batchSize;
    const [stack, height, width, channels = 1] = shape;
    const last = [height, width, stack * channels];
    this.observationSpace = {
      kind: "box",
      shape: options.layout === "channelsLast" ? last : shape,
      dtype: "uint8",
      low: 0,
      high: 255,
    };
    if (options.continuous) {
      this.actionSpace = { kind: "box", shape: [3], dtype: "float32", ...continuousBounds };
    } else {
      this.actionSpace = { kind: "discrete", shape: [], dtype: "int32", n: actions.length };
      this.actionMeanings = actions.map((action) => ACTION_MEANINGS[action]);
    }
    this.size = stack * height * width * channels;
    this.observations = new Uint8Array(batchSize * this.size);
    const channelsLast = options.layout === "channelsLast";
    this.stacks = new FrameStacks(this.numEnvs, stack, height * width, channels, channelsLast);
    this.plane = height * width * channels;
    this.record = batchRecordLength(batchSize);
    this.received = new Uint8Array(this.record + batchSize * this.plane);
    this.batch = new BatchRecord(this.received.buffer, batchSize);
    this.request = Buffer.alloc(8 + 4 * batchSize * (options.continuous ? 3 : 1));
    this.request.writeUInt32LE(this.request.length - 4, 0);
    this.request.writeUInt32LE(Operation.batch, 4);
    const inline = this.transport === "stdio" ? this.received.length + batchSize * this.plane : 0;
    this.reply = new Uint8Array(Math.max(SMALL_REPLY, BATCH_REPLY + inline));
    this.rewards = new Float32Array(batchSize);
    this.terminated = new Uint8Array(batchSize);
    this.truncated = new Uint8Array(batchSize);
    this.counter = new EpisodeCounter(
      this.numEnvs,
      options.autoresetMode === "nextStep",
      options.lifeLossInfo ?? false,
    );
  }

  /**
   * Starts the process and its threads.
   *
   * @param id one of `atariIds()`, whose frame skip and stickiness apply, or a game's name such as `"breakout"`
   * @throws AleError when an option is invalid, or Python, ale-py, Gymnasium or the ROM is missing
   */
  static async create(id: string, options: AtariVectorOptions): Promise<AtariVectorEnv> {
    const args = vectorArguments(id, options);
    return new AtariVectorEnv(id, options, args, await open(options, args));
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.link.pid;
  }

  /** Versions of Python, ale-py and numpy in use. */
  get versions(): ProcessVersions {
    return this.link.versions;
  }

  /**
   * Starts a new episode in all games; game `i` gets seed `seed + i`. Without a seed the generators continue.
   *
   * @throws AleError `INVALID_STATE` between `send` and `recv`; `INVALID_ARGUMENT`; `PROCESS_DIED`, `PROCESS_HUNG`
   */
  async reset(options: { seed?: number } = {}): Promise<AtariVectorReset> {
    const first = this.phase === "new" && this.seed === undefined ? this.options.seed : undefined;
    const seed = options.seed ?? first;
    checkSeed(seed);
    if (seed !== undefined && seed + this.numEnvs - 1 > MAX_SEED) {
      throw invalidArgument("seed", `expected at most ${MAX_SEED - this.numEnvs + 1}, received ${seed}`);
    }
    if (this.phase === "sent") throw new AleError("INVALID_STATE", "expected recv() before reset()");
    if (seed !== undefined) this.seed = seed;
    this.steps = 0;
    this.cut.clear();
    const infos = await this.start(seed);
    return { observations: this.observations, infos, envIds: this.envIds };
  }

  /**
   * Plays one step in all games.
   *
   * @param actions `[numEnvs]` action indices, or `[numEnvs, 3]` flat with `continuous`
   * @throws AleError `INVALID_STATE` when `batchSize` is smaller than `numEnvs`: use `send` and `recv`; otherwise as
   *   `send` and `recv`
   */
  async step(actions: ArrayLike<number>): Promise<AtariVectorStep> {
    if (this.batchSize !== this.numEnvs) {
      throw new AleError(
        "INVALID_STATE",
        "step() plays all games, batchSize only some: use send() and recv()",
      );
    }
    this.send(actions);
    return this.recv();
  }

  /**
   * Sends actions to the games of the last batch and returns immediately; they are played in the background.
   *
   * @param actions one for each game of the last `reset` or `recv`, in the order of its `envIds`
   * @throws AleError `INVALID_STATE` before `reset` and twice without `recv`; `INVALID_ARGUMENT`;
   *   `PROCESS_DIED`, unless `restartOnFailure`
   */
  send(actions: ArrayLike<number>): void {
    if (this.phase !== "ready") {
      const first = this.phase === "sent" ? "recv" : "reset";
      if (this.phase !== "closed") {
        throw new AleError("INVALID_STATE", `expected a call of ${first}() before the next actions`);
      }
    }
    this.writeActions(actions);
    try {
      this.link.send(this.request);
    } catch (error) {
      if (!isProcessFailure(error)) throw error;
      if (!this.options.restartOnFailure) throw this.lost(error);
    }
    this.phase = "sent";
  }

  /**
   * Waits for the next batch. With `batchSize` below `numEnvs` it contains the games that were ready first; see
   * `envIds`. A game that appears for the first time after `reset` has not played yet: its reward is 0.
   *
   * @throws AleError `INVALID_STATE` without `send`; `PROCESS_DIED`, `PROCESS_HUNG` with `seed` and `step`
   */
  async recv(): Promise<AtariVectorStep> {
    if (this.phase === "closed") this.link.send(this.request); // throws
    if (this.phase !== "sent") throw new AleError("INVALID_STATE", "expected send() before recv()");
    const { batch } = this;
    // While ALE plays. Only here, where no other code can run before the reply: observations belong to their reader.
    const early = this.transport === "fifo" && this.batchSize === this.numEnvs && this.stacks.preparable;
    if (early) this.prepare();
    try {
      const reply = this.link.receive(this.reply);
      if (reply instanceof Promise) await reply;
      this.take();
    } catch (error) {
      this.rest();
      if (early) this.unprepare();
      if (!isProcessFailure(error)) throw error;
      return this.restart(this.lost(error));
    }
    this.rest();
    this.steps++;
    const infos: AtariVectorInfo[] = [];
    const finalObservations: (Uint8Array | null)[] = [];
    const clip = this.options.rewardClipping ?? true;
    const nextStep = this.options.autoresetMode === "nextStep";
    const finals = batch.hasFinal ? this.finalFrames() : null;
    this.terminated.set(batch.terminated);
    this.truncated.set(batch.truncated);
    for (let k = 0; k < batch.size; k++) {
      const { info, restarted } = this.counter.step(batch, k);
      if (this.cut.has(batch.envIds[k])) {
        this.show(k, true);
        infos.push({ ...info, failure: this.cut.get(batch.envIds[k])?.failure });
        finalObservations.push(this.cutNow(k));
        continue;
      }
      const reward = batch.rewards[k];
      this.rewards[k] = clip ? Math.max(-1, Math.min(1, reward)) : reward;
      const ended = batch.terminated[k] === 1 || batch.truncated[k] === 1;
      infos.push(info);
      let last: Uint8Array | null = null;
      if (ended && restarted && !nextStep && finals) {
        last = new Uint8Array(this.size);
        this.stacks.push(batch.envIds[k], finals, k * this.plane, last, 0);
      }
      this.show(k, restarted, early && !restarted);
      finalObservations.push(ended ? (last ?? this.observation(k)) : null);
    }
    return this.result(infos, finalObservations);
  }

  /**
   * The newest frame in the last observation of one game; gray unless `grayscale` is off. ALE's vector
   * environment has no other.
   *
   * @throws AleError `INVALID_STATE` when the game was not in the last batch
   */
  render(index: number): AtariFrame {
    const place = this.envIds.indexOf(index);
    if (place < 0)
      throw new AleError("INVALID_STATE", `game ${index} was not in the last batch: nothing to show`);
    const height = this.options.imgHeight ?? 84;
    const width = this.options.imgWidth ?? 84;
    const channels = this.options.grayscale === false ? 3 : 1;
    const newest = this.received.subarray(this.record + place * this.plane);
    const data = new Uint8Array(height * width * 3);
    for (let i = 0; i < data.length; i++) data[i] = newest[channels === 3 ? i : Math.floor(i / 3)];
    return { height, width, data };
  }

  /** Ends the emulator's process. Calling it twice is allowed; other calls then throw. */
  async close(): Promise<void> {
    this.phase = "closed";
    this.link.close();
  }

  private async start(seed: number | undefined): Promise<AtariVectorInfo[]> {
    const limit = this.options.startTimeout ?? DEFAULT_TIMEOUT; // with seeds ALE loads every ROM again
    const { batch } = this;
    let first = seed;
    let failure: AleError | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const base = first;
        const seeds = base === undefined ? null : Array.from({ length: this.numEnvs }, (_, i) => base + i);
        await this.link.roundTrip(callRequest("reset_batch", [seeds]), this.reply, limit);
        this.take();
        break;
      } catch (error) {
        if (!isProcessFailure(error)) throw error;
        failure = this.lost(error);
        if (!this.options.restartOnFailure || attempt > ATTEMPTS) throw failure;
        await this.replace();
        if (seed === undefined) first = this.seedAfterLoss(); // its generators cannot continue
      }
    }
    this.rest();
    this.counter.reset();
    const report = failure ? { failure } : {};
    return Array.from({ length: batch.size }, (_, k) => {
      this.show(k, true);
      return { ...this.counter.start(batch, k), ...report };
    });
  }

  private async restart(failure: AleError): Promise<AtariVectorStep> {
    if (!this.options.restartOnFailure) throw failure;
    for (let game = 0; game < this.numEnvs; game++) {
      if (this.counter.hasPlayed(game)) this.cut.set(game, { failure, last: this.stacks.last(game) });
    }
    await this.replace();
    const infos = (await this.start(this.seedAfterLoss())).map((info) => ({ ...info, failure }));
    return this.result(
      infos,
      infos.map((_, k) => this.cutNow(k)),
    );
  }

  // Marks the game at position `k` as truncated because its process failed; returns its last observation, if it had
  // one.
  private cutNow(k: number): Uint8Array | null {
    const lost = this.cut.get(this.envIds[k]);
    this.cut.delete(this.envIds[k]);
    this.rewards[k] = this.terminated[k] = 0;
    this.truncated[k] = lost ? 1 : 0;
    return lost?.last ?? null;
  }

  private seedAfterLoss(): number | undefined {
    if (this.seed === undefined) return undefined;
    return Math.min(restartSeed(this.seed, this.restarts), MAX_SEED - this.numEnvs);
  }

  private async replace(): Promise<void> {
    const { link } = await open(this.options, this.args);
    this.link = link;
    if (this.phase === "closed") {
      link.close(); // close() was called while it was starting
      throw closedError();
    }
    this.restarts++;
  }

  // The next actions may be sent, unless close() has been called in the meantime.
  private rest(): void {
    if (this.phase !== "closed") this.phase = "ready";
  }

  private lost(error: AleError): AleError {
    return duringEpisode(error, this.seed, this.steps);
  }

  // Reads a batch and its newest frames.
  private take(): void {
    this.link.readObservation(this.received, BATCH_REPLY, 0);
    this.emulatorSeconds = this.batch.seconds;
    this.envIds = this.batch.envIds.slice();
  }

  // Final frames of ended episodes, each at the position of its game.
  private finalFrames(): Uint8Array {
    const pictures = new Uint8Array(this.batchSize * this.plane);
    this.link.readObservation(pictures, BATCH_REPLY, this.received.length);
    return pictures;
  }

  // Writes an observation. ALE's stacks advance by one frame per step, and are black before a game's first one.
  private show(k: number, restarted: boolean, prepared = false): void {
    const game = this.envIds[k];
    if (restarted) this.stacks.clear(game);
    const [at, to] = [this.record + k * this.plane, k * this.size];
    if (prepared) this.stacks.finish(game, this.received, at, this.observations, to);
    else this.stacks.push(game, this.received, at, this.observations, to);
  }

  // Writes the known parts of the next observations, before their newest frames arrive.
  private prepare(): void {
    for (let k = 0; k < this.batchSize; k++) {
      this.stacks.prepare(this.envIds[k], this.observations, k * this.size);
    }
  }

  private unprepare(): void {
    for (let k = 0; k < this.batchSize; k++) {
      this.stacks.restore(this.envIds[k], this.observations, k * this.size);
    }
  }

  private observation(k: number): Uint8Array {
    return this.observations.slice(k * this.size, (k + 1) * this.size);
  }

  private writeActions(actions: ArrayLike<number>): void {
    const { actionSpace, batchSize, request } = this;
    const each = actionSpace.kind === "discrete" ? 1 : 3;
    if (actions.length !== batchSize * each) {
      throw invalidArgument("actions", `expected ${batchSize * each} numbers, received ${actions.length}`);
    }
    for (let k = 0; k < batchSize; k++) {
      if (actionSpace.kind === "discrete") {
        checkAction(actions[k], actionSpace);
        request.writeInt32LE(actions[k], 8 + 4 * k);
        continue;
      }
      const action = [actions[3 * k], actions[3 * k + 1], actions[3 * k + 2]];
      checkAction(action, actionSpace);
      for (let i = 0; i < 3; i++) request.writeFloatLE(action[i], 8 + 12 * k + 4 * i);
    }
  }

  private result(infos: AtariVectorInfo[], finalObservations: (Uint8Array | null)[]): AtariVectorStep {
    const { observations, envIds, rewards, terminated, truncated } = this;
    return { observations, infos, envIds, rewards, terminated, truncated, finalObservations };
  }
}

function open(options: AtariVectorOptions, args: Record<string, unknown>): Promise<Opened> {
  return runAsync(openIn<Opened>(options.transport ?? bestTransport(), options, "open_vector", args));
}
