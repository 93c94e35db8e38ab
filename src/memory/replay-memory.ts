/** Replay memory of off-policy algorithms: the last steps of all environments. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, NonFiniteError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import {
  createTypedArray,
  type DType,
  dtypeOf,
  isTypedArray,
  type Stateful,
  type StateRecord,
  type StateTree,
  type TypedArray,
} from "../core/state.js";
import { ReplayFrames } from "./replay-frames.js";
import { StackRows } from "./stack-rows.js";

/** Options of {@link ReplayMemory}. */
export interface ReplayMemoryOptions {
  /** Number of frames to store, over all environments. */
  capacity: number;
  /** Number of environments, default 1; each has an equal share of the capacity. */
  numEnvs?: number;
  /** Shape of one observation, i.e. of the whole stack. */
  observationShape: readonly number[];
  /** Element type of observations; frames stay uint8. */
  observationDtype: DType;
  /**
   * Number of frames stacked along the last axis of an observation, as by `FrameStack`; default 1. Only the newest
   * frame of each observation is stored.
   */
  numStack?: number;
  /** Number of steps of n-step returns, default 1. */
  nStep?: number;
  /** Discount γ, default 0.99. */
  gamma?: number;
}

const names = optionNames<ReplayMemoryOptions>({
  capacity: true,
  numEnvs: true,
  observationShape: true,
  observationDtype: true,
  numStack: true,
  nStep: true,
  gamma: true,
});

/** One step of one environment. */
export interface ReplayStep {
  /** The discrete action. */
  action: number;
  /** Reward as used in training. */
  reward: number;
  /** The next observation; the final observation of an episode that ended. */
  nextObservation: TypedArray;
  /** Whether the episode terminated. */
  terminated: boolean | number;
  /** Whether the episode was truncated. */
  truncated: boolean | number;
}

/** A batch of transitions. Its arrays are valid until the next call of `sample`. */
export interface ReplayBatch {
  /** Number of transitions. */
  size: number;
  /** `[size, ...observationShape]`. */
  observations: TypedArray;
  /** `[size]`. */
  actions: Int32Array;
  /** `[size]` discounted sums of rewards over `nStep` steps, or fewer where the episode ended. */
  rewards: Float32Array;
  /** `[size, ...observationShape]` observations after these steps, including final ones of ended episodes. */
  nextObservations: TypedArray;
  /** `[size]` factor of the value of `nextObservations`: γ to the number of steps; 0 where the episode terminated. */
  discounts: Float32Array;
  /** `[size]`, 1 where the episode terminated. */
  terminated: Uint8Array;
  /** `[size]` indices in the memory. */
  indices: Int32Array;
  /**
   * `[size]` generations of the transitions: numbers that change when an index is overwritten. Copy
   * `indices` and `generations` if priorities are updated after another `sample`.
   */
  generations: Float64Array;
  /** `[size]` importance weights; all 1 when sampling is uniform. */
  weights: Float32Array;
}

// What is stored of every step in addition to its frame.
const perStep = ["actions", "rewards", "flags"] as const;

// Bits of a slot's flags. A slot holds one observation and, unless it is the last of its episode, the step taken from
// it.
const STARTS = 1;
const STEPPED = 2;
const TERMINATED = 4;
const TRUNCATED = 8;
/** Flag of a slot whose transition can be sampled. */
export const READY = 16;

/**
 * The last steps of `numEnvs` environments: a ring buffer for each, in typed arrays. Every frame is stored once and
 * stacks are built on sampling, padded at the start of an episode with its first frame as `FrameStack` does; a stack or
 * an n-step sum never crosses the end of an episode or the write position. Final observations are stored too, so that
 * a truncated episode is bootstrapped from the right value.
 *
 * A million 84 × 84 frames take 7.06 GB, plus 10 bytes per step.
 *
 * @example
 * ```ts
 * const memory = new ReplayMemory({
 *   capacity: 100_000, observationShape: [84, 84, 4], observationDtype: "uint8", numStack: 4,
 * });
 * memory.start(0, observation);
 * memory.add(0, { action, reward, nextObservation, terminated, truncated });
 * const { observations, actions, rewards } = memory.sample(32, random);
 * ```
 */
export class ReplayMemory implements Stateful {
  /** Number of frames stored per environment. */
  readonly slotsPerEnv: number;
  /** Number of environments. */
  readonly numEnvs: number;
  /** Number of steps of n-step returns. */
  readonly nStep: number;
  /** Discount γ. */
  readonly gamma: number;
  /** Number of frames in a stack. */
  readonly numStack: number;
  private readonly frames: ReplayFrames;
  private readonly dtype: DType;
  private readonly actions: Int32Array;
  private readonly rewards: Float32Array;
  private readonly flags: Uint8Array;
  // For each environment: the newest slot, slots in use, steps of the current episode (-1: none started).
  private readonly heads: Int32Array;
  private readonly counts: Int32Array;
  private readonly lengths: Int32Array;
  // Number of observations of each environment so far: determines the generations.
  private readonly written: Float64Array;
  private readonly stackOf: Int32Array;
  private readonly nextStackOf: Int32Array;
  private ready = 0;
  private steps = 0;
  private rows?: StackRows;
  private batch?: ReplayBatch;

  /** @throws InvalidArgumentError when a number is out of range, or there is not enough memory */
  constructor(options: ReplayMemoryOptions) {
    if (new.target === ReplayMemory) checkOptions("ReplayMemory", options, names);
    const { capacity, numEnvs = 1, observationShape, observationDtype, numStack = 1 } = options;
    const { nStep = 1, gamma = 0.99 } = options;
    for (const [name, value] of Object.entries({ capacity, numEnvs, numStack, nStep })) {
      checkInteger(name, value);
    }
    if (!(gamma >= 0 && gamma <= 1)) {
      throw new InvalidArgumentError("gamma", `expected a number in 0..1, received ${gamma}`);
    }
    const last = observationShape.at(-1) ?? 1;
    if (last % numStack !== 0) {
      throw new InvalidArgumentError(
        "numStack",
        `observations [${observationShape.join(", ")}] are not ${numStack} frames along the last axis`,
      );
    }
    this.slotsPerEnv = Math.floor(capacity / numEnvs);
    if (this.slotsPerEnv < nStep + numStack + 1) {
      throw new InvalidArgumentError(
        "capacity",
        `expected at least ${numEnvs * (nStep + numStack + 1)} (numEnvs * (nStep + numStack + 1)), received ${capacity}`,
      );
    }
    const slots = this.slotsPerEnv * numEnvs;
    this.numEnvs = numEnvs;
    this.nStep = nStep;
    this.gamma = gamma;
    this.numStack = numStack;
    this.dtype = observationDtype;
    const shape = [...observationShape.slice(0, -1), last / numStack];
    this.frames = new ReplayFrames({ count: slots, shape, dtype: observationDtype, stack: numStack });
    const allocate = <T>(make: () => T): T => {
      try {
        return make();
      } catch (cause) {
        throw new InvalidArgumentError(
          "capacity",
          `this machine cannot give memory for ${slots} steps: choose fewer`,
          {
            cause,
          },
        );
      }
    };
    this.actions = allocate(() => new Int32Array(slots));
    this.rewards = allocate(() => new Float32Array(slots));
    this.flags = allocate(() => new Uint8Array(slots));
    this.heads = new Int32Array(numEnvs).fill(-1);
    this.counts = new Int32Array(numEnvs);
    this.written = new Float64Array(numEnvs);
    this.lengths = new Int32Array(numEnvs).fill(-1);
    this.stackOf = new Int32Array(numStack);
    this.nextStackOf = new Int32Array(numStack);
  }

  /** Maximum number of frames, over all environments. */
  get capacity(): number {
    return this.slotsPerEnv * this.numEnvs;
  }

  /** Number of transitions that can be sampled. */
  get size(): number {
    return this.ready;
  }

  /** Number of steps ever added, including overwritten ones. */
  get added(): number {
    return this.steps;
  }

  /** Bytes of all frames that can be stored. */
  get byteLength(): number {
    return this.frames.byteLength;
  }

  /** Bytes of the frames that are stored at present. */
  get usedBytes(): number {
    return (this.byteLength / this.capacity) * this.counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Starts an episode. An unfinished one counts as truncated after its last step.
   *
   * @param env index of the environment · @param observation the first observation
   * @param within whether this continues an episode (after resume): the stack is filled from `observation` instead of
   *   repeating its newest frame; default false
   * @throws InvalidArgumentError when there is no such environment
   * @throws ShapeError when the observation has another size
   */
  start(env: number, observation: TypedArray, within = false): void {
    this.checkEnv(env);
    if (this.lengths[env] > 0) {
      const last = this.before(this.slot(env));
      this.flags[last] |= TRUNCATED;
      this.complete(last, this.lengths[env], true);
    }
    const oldest = within ? this.numStack - 1 : 0;
    for (let age = oldest; age >= 0; age--) {
      this.flags[this.advance(env, observation, age)] = age === oldest ? STARTS : 0;
    }
    this.lengths[env] = 0;
  }

  /**
   * Adds a step.
   *
   * @param env index of the environment
   * @throws InvalidStateError when no episode was started
   * @throws InvalidArgumentError when there is no such environment, or the action is not an integer
   * @throws NonFiniteError when the reward is NaN or infinite
   * @throws ShapeError when the observation has another size
   */
  add(env: number, step: ReplayStep): void {
    if (!(this.lengths[env] >= 0)) {
      this.checkEnv(env);
      throw new InvalidStateError("add() without an episode: call start() with its first observation");
    }
    const { action, reward } = step;
    if ((action | 0) !== action) {
      throw new InvalidArgumentError("action", `expected a whole number, received ${action}`);
    }
    if (!Number.isFinite(Math.fround(reward))) {
      throw new NonFiniteError(`the reward of environment ${env} is ${reward}: the step was not added`);
    }
    const slot = this.slot(env);
    const ended = Boolean(step.terminated || step.truncated);
    this.advance(env, step.nextObservation);
    this.actions[slot] = action;
    this.rewards[slot] = reward;
    this.flags[slot] |= STEPPED | (step.terminated ? TERMINATED : 0) | (step.truncated ? TRUNCATED : 0);
    this.lengths[env]++;
    this.steps++;
    this.complete(slot, this.lengths[env], ended);
    if (ended) this.lengths[env] = -1;
  }

  /**
   * The observation that was added last, built as in sampling.
   *
   * @param env index of the environment
   * @throws InvalidArgumentError when there is no such environment
   * @throws InvalidStateError before the first observation
   */
  latest(env: number): TypedArray {
    this.checkEnv(env);
    if (this.heads[env] < 0) {
      throw new InvalidStateError("latest() without an observation: call start() with the first one");
    }
    const out = createTypedArray(this.dtype, this.frames.stackSize);
    this.frames.stackInto(this.slotsOf(this.slot(env), this.stackOf), out);
    return out;
  }

  /**
   * Samples transitions uniformly with replacement.
   *
   * @param batchSize number of transitions · @param random generator
   * @throws InvalidStateError when the memory is empty
   * @throws InvalidArgumentError when `batchSize` is not a positive integer
   */
  sample(batchSize: number, random: Random): ReplayBatch {
    const batch = this.makeBatch(batchSize);
    const used = this.counts.reduce((most, count) => Math.max(most, count), 0);
    for (let i = 0; i < batchSize; i++) {
      let index: number;
      do {
        const draw = random.integer(used * this.numEnvs);
        index = Math.floor(draw / used) * this.slotsPerEnv + (draw % used);
      } while (!(this.flags[index] & READY));
      this.fill(batch, i, index);
    }
    return batch;
  }

  /**
   * The complete contents. The frames are views, not copies: they must be used (or written) before the next step
   * is added.
   */
  getState(): StateRecord {
    const used = (array: TypedArray) =>
      Array.from(this.counts, (count, env) =>
        array.slice(env * this.slotsPerEnv, env * this.slotsPerEnv + count),
      );
    return {
      frames: Array.from(this.counts, (count, env) =>
        this.frames.views(env * this.slotsPerEnv, env * this.slotsPerEnv + count),
      ),
      actions: used(this.actions),
      rewards: used(this.rewards),
      flags: used(this.flags),
      heads: this.heads.slice(),
      counts: this.counts.slice(),
      lengths: this.lengths.slice(),
      written: this.written.slice(),
      slotsPerEnv: this.slotsPerEnv,
      ready: this.ready,
      steps: this.steps,
    };
  }

  /**
   * Where an array of a state that is being loaded can be read to directly: a view of this memory's frames.
   * {@link ReplayMemory.setState} does not copy frames that were read there.
   *
   * @param path path of the array in the state · @param dtype its element type · @param length its number of elements
   * @returns undefined for all arrays but frames, and for frames that do not fit
   */
  placeOf(path: readonly string[], dtype: DType, length: number): TypedArray | undefined {
    const [part, env, block] = path;
    if (part !== "frames" || dtype !== this.dtype || !(Number(env) < this.numEnvs)) return undefined;
    const first = Number(env) * this.slotsPerEnv;
    return this.frames.view(first, first + this.slotsPerEnv, Number(block), length);
  }

  /**
   * Restores a state. Batches sampled before become invalid.
   *
   * @throws InvalidArgumentError when it belongs to a memory of another capacity or other observations; nothing is
   *   changed then
   */
  setState(state: StateRecord): void {
    const { slotsPerEnv, counts, numEnvs } = this;
    const problem = this.misfit(state);
    if (problem !== undefined) {
      throw new InvalidArgumentError(
        "state",
        `expected the state of a memory of ${numEnvs} environments with ${slotsPerEnv} frames of ${this.frames.frameSize} elements each; ${problem}`,
      );
    }
    counts.set(state.counts as Int32Array);
    this.flags.fill(0);
    this.written.set((state.written ?? counts) as ArrayLike<number>); // missing in states of older versions
    (state.frames as TypedArray[][]).forEach((views, env) => {
      this.frames.fill(env * slotsPerEnv, env * slotsPerEnv + counts[env], views);
    });
    for (const name of perStep) {
      (state[name] as TypedArray[]).forEach((values, env) => {
        this[name].set(values, env * slotsPerEnv);
      });
    }
    for (const name of ["heads", "lengths"] as const) this[name].set(state[name] as Int32Array);
    this.ready = state.ready as number;
    this.steps = state.steps as number;
  }

  /** What is wrong with a state, as text; undefined when it fits. */
  protected misfit(state: StateRecord): string | undefined {
    const { slotsPerEnv, numEnvs } = this;
    if (state.slotsPerEnv !== slotsPerEnv) return `slotsPerEnv is ${state.slotsPerEnv}`;
    for (const name of ["heads", "counts", "lengths"] as const) {
      const values = state[name];
      if (!(values instanceof Int32Array && values.length === numEnvs)) return `${name} does not fit`;
    }
    const { written = new Float64Array(numEnvs) } = state;
    if (!(written instanceof Float64Array && written.length === numEnvs)) return "written does not fit";
    for (const name of ["ready", "steps"]) {
      if (!Number.isSafeInteger(state[name])) return `${name} is ${state[name]}`;
    }
    const counts = state.counts as Int32Array;
    if (counts.some((count) => count < 0 || count > slotsPerEnv)) return "counts are out of range";
    const [heads, lengths] = [state.heads as Int32Array, state.lengths as Int32Array];
    // Slots fill up from the first; only in a full ring buffer can the newest one be anywhere.
    const headFits = (head: number, env: number) =>
      counts[env] < slotsPerEnv ? head === counts[env] - 1 : head >= 0 && head < slotsPerEnv;
    if (!heads.every(headFits)) return "heads are out of range";
    if (lengths.some((length, env) => length < -1 || (length >= 0 && heads[env] < 0))) {
      return "lengths are out of range";
    }
    const lengthOf = (arrays: StateTree, like: TypedArray): number =>
      Array.isArray(arrays) && arrays.every((each) => isTypedArray(each) && dtypeOf(each) === dtypeOf(like))
        ? (arrays as TypedArray[]).reduce((sum, { length }) => sum + length, 0)
        : Number.NaN;
    for (const name of ["frames", ...perStep] as const) {
      const [like, size] = name === "frames" ? [this.frames.at(0), this.frames.frameSize] : [this[name], 1];
      const lists = state[name];
      if (!Array.isArray(lists) || lists.length !== numEnvs)
        return `${name} is not of ${numEnvs} environments`;
      const wrong = counts.findIndex(
        (count, env) => lengthOf(name === "frames" ? lists[env] : [lists[env]], like) !== count * size,
      );
      if (wrong >= 0) return `${name}.${wrong} does not fit`;
    }
    if ((state.steps as number) < 0) return `steps is ${state.steps}`;
    return this.misflagged(state);
  }

  // Sampling searches for flagged slots until it finds one, and relies on the step that they hold.
  private misflagged({ flags, rewards, ready }: StateRecord): string | undefined {
    let flagged = 0;
    for (const [env, list] of (flags as Uint8Array[]).entries()) {
      const wrong = list.findIndex((bits) => bits > 31 || (bits & (READY | STEPPED)) === READY);
      if (wrong >= 0) return `flags.${env} are wrong at ${wrong}`;
      for (const bits of list) if (bits & READY) flagged++;
    }
    if (flagged !== ready) return `ready is ${ready}, but ${flagged} steps are flagged so`;
    const endless = (rewards as Float32Array[]).findIndex((list) => !list.every(Number.isFinite));
    return endless >= 0 ? `rewards.${endless} are not finite` : undefined;
  }

  /** Called when a transition becomes available for sampling. */
  protected onReady(_index: number): void {}

  /** Called when a transition is no longer available for sampling. */
  protected onGone(_index: number): void {}

  /** Whether a transition can be sampled. */
  protected isReady(index: number): boolean {
    return (this.flags[index] & READY) !== 0;
  }

  /** Number of the observation at an index, counted from the first one of its environment. */
  protected generation(index: number): number {
    const env = Math.floor(index / this.slotsPerEnv);
    const behind = this.heads[env] - (index - env * this.slotsPerEnv);
    return this.written[env] - (behind < 0 ? behind + this.slotsPerEnv : behind);
  }

  /** The arrays of a batch, which are reused. */
  protected makeBatch(size: number): ReplayBatch {
    if (this.ready === 0) throw new InvalidStateError("sample() from an empty memory: add steps first");
    if (this.batch?.size !== size) {
      checkInteger("batchSize", size);
      this.rows = new StackRows(this.frames, size, this.rows);
      const { observations, nextObservations } = this.rows;
      this.batch = {
        size,
        observations,
        actions: new Int32Array(size),
        rewards: new Float32Array(size),
        nextObservations,
        discounts: new Float32Array(size),
        terminated: new Uint8Array(size),
        indices: new Int32Array(size),
        generations: new Float64Array(size),
        weights: new Float32Array(size).fill(1),
      };
    }
    return this.batch;
  }

  /** Writes one transition into row `i` of a batch; rows must be written in order. */
  protected fill(batch: ReplayBatch, i: number, index: number): void {
    const { nStep, gamma, flags, rewards, stackOf, nextStackOf } = this;
    let sum = 0;
    let discount = 1;
    let last = index;
    for (let n = 0, at = index; n < nStep; n++, at = this.after(at)) {
      sum += discount * rewards[at];
      discount *= gamma;
      last = at;
      if (flags[at] & (TERMINATED | TRUNCATED)) break;
    }
    const terminated = flags[last] & TERMINATED ? 1 : 0;
    batch.indices[i] = index;
    batch.generations[i] = this.generation(index);
    batch.actions[i] = this.actions[index];
    batch.rewards[i] = sum;
    batch.terminated[i] = terminated;
    batch.discounts[i] = terminated ? 0 : discount;
    this.rows?.put(i, this.slotsOf(index, stackOf), this.slotsOf(this.after(last), nextStackOf));
  }

  private checkEnv(env: number): void {
    if (this.lengths[env] !== undefined) return;
    throw new InvalidArgumentError("env", `expected an integer in 0..${this.numEnvs - 1}, received ${env}`);
  }

  private slot(env: number): number {
    return env * this.slotsPerEnv + this.heads[env];
  }

  private before(slot: number): number {
    return slot % this.slotsPerEnv === 0 ? slot + this.slotsPerEnv - 1 : slot - 1;
  }

  private after(slot: number): number {
    return (slot + 1) % this.slotsPerEnv === 0 ? slot + 1 - this.slotsPerEnv : slot + 1;
  }

  // Takes the next slot for an observation, and invalidates the transitions that need the overwritten one.
  private advance(env: number, observation: TypedArray, age = 0): number {
    const head = (this.heads[env] + 1) % this.slotsPerEnv;
    this.frames.put(env * this.slotsPerEnv + head, observation, age); // throws before anything else has changed
    this.heads[env] = head;
    this.written[env]++;
    const slot = this.slot(env);
    this.retire(slot);
    this.flags[slot] = 0;
    if (this.counts[env] < this.slotsPerEnv) {
      this.counts[env]++;
      return slot;
    }
    for (let j = 1, at = this.after(slot); j < this.numStack; j++, at = this.after(at)) {
      if (this.flags[at] & STARTS) break;
      this.retire(at);
    }
    return slot;
  }

  // After a step: marks the transition whose `nStep` steps are complete, or all that the end of the episode completes.
  private complete(last: number, length: number, ended: boolean): void {
    const reach = Math.min(length, this.nStep);
    let at = last;
    for (let n = 1; n <= reach; n++, at = this.before(at)) {
      if (!(ended || n === this.nStep) || this.flags[at] & READY) continue;
      this.flags[at] |= READY;
      this.ready++;
      this.onReady(at);
    }
  }

  private retire(slot: number): void {
    if (!(this.flags[slot] & READY)) return;
    this.flags[slot] &= ~READY;
    this.ready--;
    this.onGone(slot);
  }

  // The frames of the stack that ends in a slot, padded with the first one of the episode.
  private slotsOf(slot: number, slots: Int32Array): Int32Array {
    const { flags } = this;
    for (let i = this.numStack - 1, at = slot; i >= 0; i--) {
      slots[i] = at;
      if (!(flags[at] & STARTS)) at = this.before(at);
    }
    return slots;
  }
}
