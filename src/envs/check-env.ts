/** Checks whether an environment follows the contract. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidStateError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { dtypeOf, type TypedArray } from "../core/state.js";
import {
  broken,
  checkDescription,
  checkFrame,
  checkResetResult,
  checkStateTree,
  checkStepResult,
  firstDifference,
} from "./check-env-forms.js";
import type { Action, Env, ResetOptions } from "./env.js";

/** Options of {@link checkEnv}. */
export interface CheckEnvOptions {
  /** Number of random steps in each trial, default 200. */
  steps?: number;
  /** Seed of the environment and of the random actions, default 0. */
  seed?: number;
}

const names = optionNames<CheckEnvOptions>({
  steps: true,
  seed: true,
});

/**
 * Plays an environment with random actions and checks the {@link Env} contract: spaces; shapes and types of
 * results; type, shape, bounds and finiteness of observations; rewards; `InvalidStateError` from
 * `step` before `reset`, after the end of an episode and after `close`; the same trajectory from
 * the same seed; the same future from a saved state; the rendered frame; `close` twice.
 *
 * Pass a fresh environment: it must not have been reset yet, and is closed afterwards.
 *
 * @example
 * ```ts
 * checkEnv(new MyEnv()); // throws when MyEnv breaks a rule
 * ```
 * @throws EnvContractError naming the broken rule, the step, what was expected and what came
 */
export function checkEnv(env: Env, options: CheckEnvOptions = {}): void {
  checkOptions("checkEnv", options, names);
  const { steps = 200, seed = 0 } = options;
  checkInteger("steps", steps);
  checkDescription(env);
  try {
    mustRefuseStep(env, env.actionSpace.sample(new Random(seed)), "step before reset", "before reset");
    const first = trial(env, steps, seed, "first trial");
    const frame = attempt("render", "after the first trial", () => env.render());
    checkFrame(frame, "after the first trial");
    compare(first, trial(env, steps, seed, "second trial"), "determinism", "the same seed");
    checkSavedState(env, steps, seed);
  } catch (error) {
    quietly(() => env.close());
    throw error;
  }
  checkClose(env, seed);
}

/** Result of one call of `reset` or `step`; `reset` returns no reward and no end. */
interface Moment {
  where: string;
  observation: TypedArray;
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

function trial(env: Env, steps: number, seed: number, name: string): Moment[] {
  return [reset(env, { seed }, `${name}, reset with seed`), ...play(env, steps, seed, name)];
}

// Continues a running episode with random steps; starts the next episode after each end.
function play(env: Env, steps: number, seed: number, name: string): Moment[] {
  const random = new Random(seed);
  const moments: Moment[] = [];
  for (let n = 1; n <= steps; n++) {
    const where = `${name}, step ${n}`;
    const action = env.actionSpace.sample(random);
    const result = attempt("step", where, () => env.step(action));
    checkStepResult(result, env.observationSpace, where);
    const { reward, terminated, truncated } = result;
    moments.push({ where, observation: result.observation.slice(), reward, terminated, truncated });
    if (terminated || truncated) {
      mustRefuseStep(env, action, "step after the end", where);
      moments.push(reset(env, {}, `${where}, reset after the end`));
    }
  }
  return moments;
}

function reset(env: Env, options: ResetOptions, where: string): Moment {
  const result = attempt("reset", where, () => env.reset(options));
  checkResetResult(result, env.observationSpace, where);
  const observation = result.observation.slice();
  return { where, observation, reward: 0, terminated: false, truncated: false };
}

function attempt<Result>(method: string, where: string, call: () => Result): Result {
  let result: Result;
  try {
    result = call();
  } catch (error) {
    return broken(`${method} works`, where, "no error", error, error);
  }
  if (!isPromise(result)) return result;
  result.then(undefined, () => {}); // it is not awaited
  return broken(
    `${method} answers synchronously`,
    where,
    'a result; asynchronous environments are a VectorEnv: see "Asynchronous environments" in docs/environments.md',
    "a Promise",
  );
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === "function";
}

function mustRefuseStep(env: Env, action: Action, rule: string, where: string): void {
  try {
    env.step(action);
  } catch (error) {
    if (error instanceof InvalidStateError) return;
    broken(rule, where, "step() to throw InvalidStateError", error, error);
  }
  broken(rule, where, "step() to throw InvalidStateError", "a result");
}

function compare(first: Moment[], second: Moment[], rule: string, from: string): void {
  second.forEach((moment, i) => {
    const { where, observation, reward, terminated, truncated } = moment;
    const model = first[i];
    const same = `the same as the first time from ${from}`;
    const at = firstDifference(observation, model.observation);
    if (at >= 0) {
      broken(rule, where, `observation[${at}] ${same}, ${model.observation[at]}`, observation[at]);
    }
    const ends = (m: Moment) => `reward ${m.reward}, terminated ${m.terminated}, truncated ${m.truncated}`;
    if (reward !== model.reward || terminated !== model.terminated || truncated !== model.truncated) {
      broken(rule, where, `${same}, ${ends(model)}`, ends(moment));
    }
  });
}

function checkSavedState(env: Env, steps: number, seed: number): void {
  if (!env.getState && !env.setState) return;
  const { getState, setState } = env;
  if (!getState || !setState) {
    broken("saved state", "description", "getState and setState together", "one of them");
  }
  trial(env, Math.ceil(steps / 4), seed, "before getState");
  const where = "saved state";
  const saved = attempt("getState", where, () => getState.call(env));
  checkStateTree(saved, "state");
  const kept = describe(saved);
  const restore = () => attempt("setState", where, () => setState.call(env, saved));
  const expected = play(env, steps, seed + 1, "after getState");
  if (describe(saved) !== kept)
    broken("saved state", where, "a copy", "a state that changes with later steps");
  restore();
  compare(expected, play(env, steps, seed + 1, "after setState"), "saved state", "the same saved state");
  if (describe(saved) !== kept)
    broken("saved state", where, "setState to copy", "a state changed by later steps");
  restore();
  compare(
    expected,
    play(env, steps, seed + 1, "after the second setState"),
    "saved state",
    "the saved state",
  );
}

// JSON that distinguishes typed arrays and NaN, good enough to notice a change.
function describe(state: unknown): string {
  return JSON.stringify(state, (_, value) => {
    if (ArrayBuffer.isView(value)) return [dtypeOf(value as TypedArray), String(value)];
    return typeof value === "number" ? String(value) : value;
  });
}

function checkClose(env: Env, seed: number): void {
  for (const where of ["first call", "second call"]) attempt("close", where, () => env.close());
  const action = env.actionSpace.sample(new Random(seed));
  const calls: [string, () => unknown][] = [
    ["reset", () => env.reset({ seed })],
    ["step", () => env.step(action)],
  ];
  for (const [name, call] of calls) {
    if (quietly(call)) broken("calls after close", `${name} after close`, `${name}() to throw`, "a result");
  }
}

// Whether a call succeeded.
function quietly(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}
