/** The data of one on-policy rollout, as flat typed arrays. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import {
  createTypedArray,
  type DType,
  dtypeOf,
  isTypedArray,
  type Stateful,
  type StateRecord,
  sizeOf,
  type TypedArray,
} from "../core/state.js";
import type { GAE } from "../losses/gae.js";
import { copyRun } from "./copy-run.js";
import { cutSequences, type MinibatchMode, type Sequences, splitMinibatches } from "./sequences.js";

/** Options of {@link RolloutBuffer}. */
export interface RolloutBufferOptions {
  /** Number of environments. */
  numEnvs: number;
  /** Number of steps per environment in one rollout. */
  numSteps: number;
  /** Shape of one observation. */
  observationShape: readonly number[];
  /** Element type of observations; frames stay uint8. */
  observationDtype: DType;
  /** Number of components of one action: 1 for a discrete one. */
  actionSize?: number;
  /** Number of parameters of a distribution over actions, e.g. the number of logits. */
  distributionSize: number;
  /** Size of one recurrent state, 0 for feed-forward networks. */
  stateSize?: number;
  /**
   * Allocates the arrays, zeroed and always in the same order, e.g. in memory that threads share; defaults to
   * `createTypedArray`.
   */
  allocate?: (dtype: DType, length: number) => TypedArray;
}

const names = optionNames<RolloutBufferOptions>({
  numEnvs: true,
  numSteps: true,
  observationShape: true,
  observationDtype: true,
  actionSize: true,
  distributionSize: true,
  stateSize: true,
  allocate: true,
});

/** One step of all environments, `[numEnvs, ...]`. */
export interface RolloutStep {
  /** `[numEnvs, ...observationShape]` observations that the actions were chosen on. */
  observations: TypedArray;
  /** `[numEnvs, actionSize]` taken actions. */
  actions: ArrayLike<number>;
  /** `[numEnvs]` log-probabilities of the actions. */
  logProbs: ArrayLike<number>;
  /** `[numEnvs, distributionSize]` parameters of the acting policy's distribution. */
  distributions: ArrayLike<number>;
  /** `[numEnvs]` values of the observations. */
  values: ArrayLike<number>;
  /** `[numEnvs]` rewards of the step, as used in training. */
  rewards: ArrayLike<number>;
  /** `[numEnvs]`, 1 where the episode terminated with the step. */
  terminated: ArrayLike<number>;
  /** `[numEnvs]`, 1 where the episode was truncated after the step; default nowhere. */
  truncated?: ArrayLike<number>;
  /** `[numEnvs]`, 1 where the step is the first of its episode; default where the previous step was the last. */
  episodeStarts?: ArrayLike<number>;
  /** `[numEnvs]` values of the final observations of truncated episodes; default zeros. */
  finalValues?: ArrayLike<number>;
  /** `[numEnvs, stateSize]` recurrent states before the step; default zeros. */
  states?: ArrayLike<number>;
}

/** Arguments of {@link RolloutBuffer.finish}. */
export interface FinishRolloutInput {
  /** `[numEnvs]` values of the observations after the last step. */
  lastValues: ArrayLike<number>;
  /** Estimator of the advantages. */
  gae: GAE;
}

/** Options of {@link RolloutBuffer.minibatches}. */
export interface MinibatchOptions {
  /** Number of steps per minibatch; approximate where sequences are kept whole. */
  batchSize: number;
  /** Generator of the order. */
  random: Random;
  /** Maximum sequence length; default 1 for feed-forward networks, else the whole rollout. */
  sequenceLength?: number;
  /** Whether sequences also end where episodes end (RLlib); default false: resets are flagged instead. */
  cutAtEpisodes?: boolean;
  /** How sequences are grouped, default `"exact"`. */
  mode?: MinibatchMode;
}

const minibatchNames = optionNames<MinibatchOptions>({
  batchSize: true,
  random: true,
  sequenceLength: true,
  cutAtEpisodes: true,
  mode: true,
});

/** A padded batch of sequences, `[batch, time, ...]`, as plain arrays. */
export interface RolloutMinibatch {
  /** Number of sequences. */
  batch: number;
  /** Number of steps of the longest sequence. */
  time: number;
  /** `[batch, time, ...observationShape]`; zeros in the padding. */
  observations: TypedArray;
  /** `[batch, time, actionSize]` taken actions. */
  actions: Float32Array;
  /** `[batch, time]` log-probabilities of the actions under the acting policy. */
  logProbs: Float32Array;
  /** `[batch, time, distributionSize]` parameters of the acting policy's distribution. */
  distributions: Float32Array;
  /** `[batch, time]` values when acting. */
  values: Float32Array;
  /** `[batch, time]` advantages. */
  advantages: Float32Array;
  /** `[batch, time]` value targets. */
  returns: Float32Array;
  /** `[batch, stateSize]` states before the first steps; feed-forward: empty. */
  states: Float32Array;
  /** `[batch, time]`, 1 where the state is reset before the step; missing when nowhere. */
  resets?: Float32Array;
  /** `[batch, time]`, 1 for real steps, 0 for padding; missing when nothing is padded. */
  mask?: Float32Array;
}

/**
 * One rollout of `numEnvs` environments, environment-major (`env * numSteps + step`), so that each
 * environment's sequence is contiguous.
 *
 * @example
 * ```ts
 * while (!buffer.full) buffer.add(await playOneStep());
 * buffer.finish({ lastValues, gae: new GAE({ gamma: 0.99, lambda: 0.95 }) });
 * for (const minibatch of buffer.minibatches({ batchSize: 256, random })) train(minibatch);
 * buffer.reset();
 * ```
 */
export class RolloutBuffer implements Stateful {
  /** Number of environments. */
  readonly numEnvs: number;
  /** Number of steps per environment. */
  readonly numSteps: number;
  /** Number of elements of one observation. */
  readonly observationSize: number;
  /** Number of components of one action. */
  readonly actionSize: number;
  /** Number of parameters of one distribution. */
  readonly distributionSize: number;
  /** Size of one recurrent state. */
  readonly stateSize: number;
  /** `[numEnvs, numSteps, ...observationShape]`. */
  readonly observations: TypedArray;
  /** `[numEnvs, numSteps, actionSize]`. */
  readonly actions: Float32Array;
  /** `[numEnvs, numSteps]`. */
  readonly logProbs: Float32Array;
  /** `[numEnvs, numSteps, distributionSize]`. */
  readonly distributions: Float32Array;
  /** `[numEnvs, numSteps]`. */
  readonly values: Float32Array;
  /** `[numEnvs, numSteps]` rewards as used in training (clipped where the trainer clips). */
  readonly rewards: Float32Array;
  /** `[numEnvs, numSteps]`, 1 where the episode terminated after the step. */
  readonly terminated: Uint8Array;
  /** `[numEnvs, numSteps]`, 1 where the episode was truncated after the step. */
  readonly truncated: Uint8Array;
  /** `[numEnvs, numSteps]`, 1 where the step is the first of its episode. */
  readonly episodeStarts: Uint8Array;
  /** `[numEnvs, numSteps]` values of final observations of truncated episodes. */
  readonly finalValues: Float32Array;
  /** `[numEnvs, numSteps, stateSize]` states before the step: zeros at episode starts. */
  readonly states: Float32Array;
  /** `[numEnvs]` values after the last step. */
  readonly lastValues: Float32Array;
  /** `[numEnvs, numSteps]` advantages, computed by {@link RolloutBuffer.finish}. */
  readonly advantages: Float32Array;
  /** `[numEnvs, numSteps]` value targets, computed by {@link RolloutBuffer.finish}. */
  readonly returns: Float32Array;
  private readonly nextStarts: Uint8Array;
  private recordedSteps = 0;

  /** @throws InvalidArgumentError when a size is not a positive integer, or there is not enough memory */
  constructor(options: RolloutBufferOptions) {
    if (new.target === RolloutBuffer) checkOptions("RolloutBuffer", options, names);
    const { numEnvs, numSteps, actionSize = 1, distributionSize, stateSize = 0 } = options;
    for (const [name, value] of Object.entries({ numEnvs, numSteps, actionSize, distributionSize })) {
      checkInteger(name, value);
    }
    const size = numEnvs * numSteps;
    this.numEnvs = numEnvs;
    this.numSteps = numSteps;
    this.observationSize = sizeOf(options.observationShape);
    this.actionSize = actionSize;
    this.distributionSize = distributionSize;
    this.stateSize = stateSize;
    const allocate = (dtype: DType, length: number): TypedArray => {
      try {
        return (options.allocate ?? createTypedArray)(dtype, length);
      } catch (cause) {
        throw new InvalidArgumentError(
          "numSteps",
          `${numSteps} steps of ${numEnvs} environments take more memory than this machine can give: choose fewer`,
          { cause },
        );
      }
    };
    const floats = (length: number) => allocate("float32", length) as Float32Array;
    const flags = () => allocate("uint8", size) as Uint8Array;
    this.observations = allocate(options.observationDtype, size * this.observationSize);
    this.actions = floats(size * actionSize);
    this.logProbs = floats(size);
    this.distributions = floats(size * distributionSize);
    this.values = floats(size);
    this.rewards = floats(size);
    this.terminated = flags();
    this.truncated = flags();
    this.episodeStarts = flags();
    this.finalValues = floats(size);
    this.states = floats(size * stateSize);
    this.lastValues = floats(numEnvs);
    this.advantages = floats(size);
    this.returns = floats(size);
    this.nextStarts = new Uint8Array(numEnvs).fill(1);
  }

  /** Total number of steps over all environments. */
  get size(): number {
    return this.numEnvs * this.numSteps;
  }

  /** Number of recorded steps per environment. */
  get position(): number {
    return this.recordedSteps;
  }

  /** Whether all `numSteps` steps are recorded. */
  get full(): boolean {
    return this.recordedSteps === this.numSteps;
  }

  /**
   * Records one step of every environment.
   *
   * @throws InvalidStateError when the buffer is full
   * @throws ShapeError when an array has another length
   */
  add(step: RolloutStep): void {
    if (this.full) {
      throw new InvalidStateError(
        `add was called on a full rollout buffer of ${this.numSteps} steps: call reset() first`,
      );
    }
    const place = (name: PlacedName, source: ArrayLike<number> | undefined, width: number) => {
      const length = this.numEnvs * width;
      if (source && source.length !== length) throw new ShapeError(name, `[${length}]`, [source.length]);
      const target = this[name];
      for (let env = 0; env < this.numEnvs; env++) {
        const at = (env * this.numSteps + this.recordedSteps) * width;
        if (source) copyRun(target, at, source, env * width, width);
        else target.fill(0, at, at + width);
      }
    };
    place("observations", step.observations, this.observationSize);
    place("distributions", step.distributions, this.distributionSize);
    place("states", step.states, this.stateSize);
    place("actions", step.actions, this.actionSize);
    place("logProbs", step.logProbs, 1);
    place("values", step.values, 1);
    place("rewards", step.rewards, 1);
    place("terminated", step.terminated, 1);
    place("truncated", step.truncated, 1);
    place("episodeStarts", step.episodeStarts ?? this.nextStarts, 1);
    place("finalValues", step.finalValues, 1);
    for (let env = 0; env < this.numEnvs; env++) {
      this.nextStarts[env] = step.terminated[env] || step.truncated?.[env] ? 1 : 0;
    }
    this.recordedSteps++;
  }

  /**
   * Fills {@link RolloutBuffer.advantages} and {@link RolloutBuffer.returns}.
   *
   * @throws InvalidStateError when the rollout is incomplete
   * @throws ShapeError when `lastValues` has another length
   */
  finish({ lastValues, gae }: FinishRolloutInput): void {
    if (!this.full) {
      throw new InvalidStateError(
        `finish was called after ${this.recordedSteps} of ${this.numSteps} steps: add the others first`,
      );
    }
    if (lastValues.length !== this.numEnvs) {
      throw new ShapeError("lastValues", `[${this.numEnvs}]`, [lastValues.length]);
    }
    this.lastValues.set(lastValues);
    const { advantages, returns } = gae.compute(this);
    this.advantages.set(advantages);
    this.returns.set(returns);
  }

  /** Cuts the rollout into sequences; see {@link cutSequences}. */
  sequences({
    sequenceLength,
    cutAtEpisodes = false,
  }: Pick<MinibatchOptions, "sequenceLength" | "cutAtEpisodes"> = {}): Sequences {
    return cutSequences({
      numEnvs: this.numEnvs,
      numSteps: this.numSteps,
      maxLength: this.stateSize === 0 ? 1 : (sequenceLength ?? this.numSteps),
      episodeStarts: cutAtEpisodes ? this.episodeStarts : undefined,
    });
  }

  /** The minibatches of one epoch, every step once, in random order; their arrays are new. */
  *minibatches(options: MinibatchOptions): Generator<RolloutMinibatch, void, undefined> {
    checkOptions("minibatches", options, minibatchNames);
    const { batchSize, random, mode } = options;
    for (const minibatch of splitMinibatches({
      sequences: this.sequences(options),
      batchSize,
      random,
      mode,
    })) {
      yield this.gather(minibatch);
    }
  }

  /** Starts the next rollout, which continues where this one ended. */
  reset(): void {
    this.recordedSteps = 0;
  }

  /** Copies of everything recorded while acting, and the position; advantages and returns are computed afterwards. */
  getState(): StateRecord {
    const arrays = Object.fromEntries(recorded.map((name) => [name, this[name].slice()]));
    return { ...arrays, position: this.recordedSteps, nextStarts: this.nextStarts.slice() };
  }

  /**
   * Restores a state.
   *
   * @throws ShapeError when it belongs to a buffer of another size
   * @throws InvalidArgumentError when an array has another type; nothing is changed then
   */
  setState(state: StateRecord): void {
    for (const name of recorded) {
      const saved = state[name];
      const dtype = dtypeOf(this[name]);
      const received = isTypedArray(saved) ? dtypeOf(saved) : typeof saved;
      if (!isTypedArray(saved) || received !== dtype) {
        throw new InvalidArgumentError("state", `rollout.${name}: expected ${dtype}, received ${received}`);
      }
      if (saved.length !== this[name].length) {
        throw new ShapeError(`rollout.${name}`, `[${this[name].length}]`, [saved.length]);
      }
    }
    // Older states contain neither: their owner stored the position.
    const { position = this.recordedSteps, nextStarts = this.nextStarts } = state;
    if (!(Number.isInteger(position) && (position as number) >= 0 && (position as number) <= this.numSteps)) {
      const expected = `a whole number in 0..${this.numSteps}`;
      throw new InvalidArgumentError("state", `rollout.position: expected ${expected}, received ${position}`);
    }
    if (!(nextStarts instanceof Uint8Array && nextStarts.length === this.numEnvs)) {
      throw new InvalidArgumentError("state", `rollout.nextStarts: expected uint8[${this.numEnvs}]`);
    }
    for (const name of recorded) this[name].set(state[name] as TypedArray);
    this.recordedSteps = position as number;
    this.nextStarts.set(nextStarts);
  }

  /** Copies sequences into one padded minibatch; every array is new. */
  gather({ starts, lengths }: Sequences): RolloutMinibatch {
    const batch = starts.length;
    const time = lengths.reduce((max, length) => Math.max(max, length), 0);
    const pick = <T extends TypedArray>(source: T, width: number): T => {
      const target = new (source.constructor as new (length: number) => T)(batch * time * width);
      for (let b = 0; b < batch; b++) {
        copyRun(target, b * time * width, source, starts[b] * width, lengths[b] * width);
      }
      return target;
    };
    const states = new Float32Array(batch * this.stateSize);
    for (let b = 0; b < batch; b++) {
      copyRun(states, b * this.stateSize, this.states, starts[b] * this.stateSize, this.stateSize);
    }
    return {
      batch,
      time,
      observations: pick(this.observations, this.observationSize),
      actions: pick(this.actions, this.actionSize),
      logProbs: pick(this.logProbs, 1),
      distributions: pick(this.distributions, this.distributionSize),
      values: pick(this.values, 1),
      advantages: pick(this.advantages, 1),
      returns: pick(this.returns, 1),
      states,
      resets: this.stateSize > 0 ? innerResets(pick(this.episodeStarts, 1), time) : undefined,
      mask: paddingMask(lengths, time),
    };
  }
}

const recorded = [
  "observations",
  "actions",
  "logProbs",
  "distributions",
  "values",
  "rewards",
  "terminated",
  "truncated",
  "episodeStarts",
  "finalValues",
  "states",
] as const;

type PlacedName = (typeof recorded)[number];

// The stored state of a first step is reset already, so only resets inside a sequence matter.
function innerResets(episodeStarts: Uint8Array, time: number): Float32Array | undefined {
  const resets = Float32Array.from(episodeStarts, (flag, i) => (i % time === 0 ? 0 : flag));
  return resets.some((flag) => flag === 1) ? resets : undefined;
}

function paddingMask(lengths: Int32Array, time: number): Float32Array | undefined {
  if (lengths.every((length) => length === time)) return undefined;
  const mask = new Float32Array(lengths.length * time);
  lengths.forEach((length, b) => {
    mask.fill(1, b * time, b * time + length);
  });
  return mask;
}
