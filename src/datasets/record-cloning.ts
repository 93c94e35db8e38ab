/** Recording of an expert in the format of the published data sets. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { checkSignal } from "../core/check-signal.js";
import { InvalidArgumentError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { sizeOf, type TypedArray } from "../core/state.js";
import { EventLoopTurns } from "../core/yield.js";
import type { Env } from "../envs/env.js";
import type { Discrete } from "../spaces/index.js";
import { type CloningSplit, cloningFileName, writeCloningSequence } from "./cloning-format.js";
import type { CloningSink } from "./cloning-source.js";

/** A trained policy, e.g. a trainer: chooses an action for an observation. */
export interface CloningPolicy {
  /** Chooses an action for one observation, given the state of the previous call, `null` at the start of an episode. */
  predict(
    observation: TypedArray,
    options: { state: Float32Array | null; deterministic: boolean },
  ): Promise<CloningChoice>;
}

/** Result of {@link CloningPolicy.predict}. */
export interface CloningChoice {
  /** The action, an index. */
  action: unknown;
  /** State for the next call, `null` without one. */
  state: Float32Array | null;
}

/** The expert to imitate: a policy, or a player with access to the game's state, such as `SteadyBreakoutPlayer`. */
export type CloningExpert = CloningPolicy | CloningPlayer;

/** A player with access to the game's state. */
export interface CloningPlayer {
  /** Returns the action for the current state. */
  act(): number;
}

/** Options of {@link recordCloning}. */
export interface RecordCloningOptions {
  /** Number of sequences for training and validation, default 256 and 32; from separate games. */
  sequences?: Readonly<Record<CloningSplit, number>>;
  /** Number of frames of a sequence, default 32 as in the published data. */
  sequenceLength?: number;
  /**
   * Probability of playing a random action instead of the expert's, which is recorded nevertheless; default 0. So
   * the data show how the expert recovers from mistakes of a clone (Laskey et al. 2017, "DART").
   */
  noise?: number;
  /**
   * Who plays instead of the expert, e.g. the current clone, while the expert's actions are recorded: so
   * the data show the expert's actions in states that the clone visits (Ross et al. 2011, "DAgger"). Default: the
   * expert.
   */
  actor?: CloningExpert;
  /** With an `actor`: probability, in each step, that the expert plays, DAgger's β; default 0. */
  mixing?: number;
  /** Whether to add files after existing ones, default false: their numbers start at 0. */
  append?: boolean;
  /** Seed of the environment and the noise, default random. */
  seed?: number;
  /** Aborts the recording, which then rejects with the signal's reason; finished files are kept. Default none. */
  signal?: AbortSignal;
  /** Called after every sequence. */
  onSequence?(split: CloningSplit, count: number): void;
}

const names = optionNames<RecordCloningOptions>({
  sequences: true,
  sequenceLength: true,
  noise: true,
  actor: true,
  mixing: true,
  append: true,
  seed: true,
  signal: true,
  onSequence: true,
});

/** Result of {@link recordCloning}. */
export interface CloningRecord {
  /** How often the expert chose each action in the recorded sequences. */
  actionCounts: number[];
  /** Returns of the whole games that ended. */
  gameReturns: number[];
  /** Number of steps played, including those that were not recorded. */
  steps: number;
}

/**
 * Lets an expert play, and writes observations and actions as sequences `train_*.npz` and `val_*.npz`. A sequence never
 * crosses the start of an episode (a life, under `wrapDeepmind`); what is left at the end of one, shorter than a
 * sequence, is dropped. Equal seeds give equal files.
 *
 * @param env environment with byte observations and discrete actions, e.g. `wrapDeepmind(make("Arcade/Breakout-v0"))`
 * @throws InvalidArgumentError when the environment or an option is invalid
 *
 * @example
 * ```ts
 * const game = new BreakoutEnv();
 * const source = new MemoryCloningSource();
 * await recordCloning(wrapDeepmind(game), new SteadyBreakoutPlayer(game), source, { seed: 0 });
 * ```
 */
export async function recordCloning(
  env: Env,
  expert: CloningExpert,
  sink: CloningSink,
  options: RecordCloningOptions = {},
): Promise<CloningRecord> {
  const { sequences = defaults.sequences, sequenceLength = 32, noise = 0, onSequence } = options;
  const { actor, mixing = 0, append = false, signal } = options;
  const { shape } = env.observationSpace;
  const actionSpace = checkRecording(env, options);
  signal?.throwIfAborted();
  const turns = new EventLoopTurns();
  const random = new Random(options.seed);
  const frame = sizeOf(shape);
  const record: CloningRecord = {
    actionCounts: new Array<number>(actionSpace.n).fill(0),
    gameReturns: [],
    steps: 0,
  };
  const names = append ? await sink.list() : [];
  for (const split of ["train", "val"] as const) {
    const first = numberBehind(names, split);
    let { observation } = env.reset({ seed: random.integer(2 ** 31) });
    let state: Float32Array | null = null;
    let actorState: Float32Array | null = null;
    for (let count = 0, filled = 0; count < sequences[split]; ) {
      const observations: Uint8Array = new Uint8Array(sequenceLength * frame);
      const actions = new Int32Array(sequenceLength);
      for (filled = 0; filled < sequenceLength; filled++) {
        observations.set(observation, filled * frame);
        const chosen = await choose(expert, observation, state);
        state = chosen.state;
        actions[filled] = chosen.action;
        let { action } = chosen;
        if (actor) {
          const played = await choose(actor, observation, actorState);
          actorState = played.state;
          if (!(mixing > 0 && random.uniform() < mixing)) action = played.action;
        }
        if (noise > 0 && random.uniform() < noise) action = random.integer(actionSpace.n);
        const step = env.step(action);
        record.steps++;
        if (turns.due) await turns.give();
        signal?.throwIfAborted();
        observation = step.observation;
        if (step.info.episode) record.gameReturns.push(step.info.episode.return);
        if (step.terminated || step.truncated) {
          observation = env.reset().observation;
          state = null;
          actorState = null;
          if (filled < sequenceLength - 1) break;
        }
      }
      if (filled < sequenceLength) continue;
      await sink.write(
        cloningFileName(split, first + count++),
        writeCloningSequence({ observations, actions, shape }),
      );
      for (const action of actions) record.actionCounts[action]++;
      onSequence?.(split, count);
    }
  }
  return record;
}

const defaults = { sequences: { train: 256, val: 32 } } as const;

/**
 * Validates the arguments of {@link recordCloning}, before anything is done.
 *
 * @returns the action space of the environment
 * @throws InvalidArgumentError when the environment or an option is invalid
 */
export function checkRecording(env: Env, options: RecordCloningOptions): Discrete {
  checkOptions("recordCloning", options, names);
  checkSignal(options.signal);
  const { sequences = defaults.sequences, sequenceLength = 32, noise = 0, mixing = 0 } = options;
  const { shape, dtype } = env.observationSpace;
  const { actionSpace } = env;
  if (dtype !== "uint8" || shape.length !== 3) {
    throw new InvalidArgumentError(
      "env",
      `expected frames of bytes, received ${dtype} [${shape.join(", ")}]`,
    );
  }
  if (actionSpace.kind !== "discrete") {
    throw new InvalidArgumentError("env", `expected discrete actions, received ${actionSpace.kind}`);
  }
  for (const split of ["train", "val"] as const) checkInteger(`sequences.${split}`, sequences[split], 0);
  if (!(noise >= 0 && noise < 1)) {
    throw new InvalidArgumentError("noise", `expected a number in [0, 1), received ${noise}`);
  }
  if (!(mixing >= 0 && mixing <= 1)) {
    throw new InvalidArgumentError("mixing", `expected a number in 0..1, received ${mixing}`);
  }
  checkInteger("sequenceLength", sequenceLength);
  return actionSpace;
}

// The first number after those of the split's files.
function numberBehind(names: readonly string[], split: CloningSplit): number {
  const numbers = names.map((name) => Number(new RegExp(`^${split}_(\\d+)\\.npz$`).exec(name)?.[1] ?? -1));
  return Math.max(-1, ...numbers) + 1;
}

async function choose(
  expert: CloningExpert,
  observation: TypedArray,
  state: Float32Array | null,
): Promise<{ action: number; state: Float32Array | null }> {
  if ("act" in expert) return { action: expert.act(), state: null };
  const { action, state: next } = await expert.predict(observation, { state, deterministic: true });
  return { action: action as number, state: next };
}
