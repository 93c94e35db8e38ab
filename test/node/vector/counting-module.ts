/** Modules that worker threads import: counting environments with injected faults. */

import type { Env, Info, StepResult } from "../../../src/envs/env.js";
import { register } from "../../../src/envs/registry.js";
import { Box, MultiDiscrete } from "../../../src/spaces/index.js";
import { ClipReward } from "../../../src/wrappers/clip-reward.js";
import { CountingEnv, type CountingOptions } from "../../vector/counting-env.js";

/** How an environment fails. */
export type Fault = "throw" | "exit" | "hang" | "nan" | "short" | "reject" | ResultFault;

/** How a result breaks the contract. */
export type ResultFault = keyof typeof resultFaults;

/** Faults in a result, by name. */
export const resultFaults = {
  function: { info: { call: () => 0 } },
  "null info": { info: null },
  "no info": { info: undefined },
  "info text": { info: "lives: 3" },
  "info getter": {
    get info() {
      return {
        get lives(): number {
          throw new RangeError("no lives");
        },
      };
    },
  },
  "text reward": { reward: "1" },
  "numeric terminated": { terminated: 1 },
  "no truncated": { truncated: undefined },
} as const;

/** Plain options of {@link makeCounting}. */
export interface FaultOptions {
  /** Number of steps of an episode. */
  length?: number;
  /** Which environment fails, default all. */
  only?: number;
  /** Step of the episode at which it fails. */
  at?: number;
  /** How it fails in that step. */
  fault?: Fault;
  /** How each environment fails in that step, by index, in place of `fault`. */
  faults?: readonly (Fault | null)[];
  /** How it fails in a reset other than its first. */
  inReset?: Fault;
  /** Milliseconds that each step takes, times the index. */
  slow?: number;
  /** Whether infos contain all kinds of values. */
  infos?: boolean;
  /** How the construction fails. */
  construction?: Fault;
}

/** Counts, and fails as configured; seeds above 1000 do not fail. */
export function makeCounting(options: FaultOptions, index: number): Env {
  const {
    length = 1e9,
    at,
    faults,
    fault = faults?.[index] ?? undefined,
    only,
    slow = 0,
    inReset,
    infos,
    construction,
  } = options;
  const mine = only === undefined || only === index;
  if (construction && mine) fail(construction);
  const seed = { value: 0 };
  const counting: CountingOptions = {
    length,
    beforeReset: (resets) => {
      if (mine && inReset && resets > 0 && seed.value < 1000) fail(inReset);
    },
    beforeStep: (step) => {
      if (slow) sleep(slow * index);
      if (mine && step === at && fault && seed.value < 1000) fail(fault);
    },
    change: (result, step) => {
      if (mine && step === at && seed.value < 1000) {
        if (fault === "nan") return { ...result, reward: Number.NaN };
        if (fault === "short") return { ...result, observation: new Float32Array(2) };
        if (fault && Object.hasOwn(resultFaults, fault)) {
          return { ...result, ...resultFaults[fault as ResultFault] } as unknown as StepResult;
        }
      }
      return infos ? { ...result, info: infoOf(step) } : result;
    },
  };
  const env = new CountingEnv(counting);
  const reset = env.reset.bind(env);
  env.reset = (given) => {
    seed.value = given?.seed ?? seed.value;
    return reset(given);
  };
  return env;
}

function infoOf(step: number): Info {
  const kinds: Info[] = [
    {},
    { lives: 3, on: true, off: false, nothing: null, deep: { er: { still: -0 } } },
    { lives: Number.NaN, on: false, off: true, nothing: null, deep: { er: { still: 1e300 } } },
    { text: "words", list: [1, { a: 2 }], bytes: Uint8Array.of(1, 2), missing: undefined },
    Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, i])),
    { deep: { er: { than: { four: { levels: 1 } } } } },
  ];
  return kinds[step % kinds.length];
}

function fail(fault: Fault): void {
  if (fault === "throw") throw Object.assign(new RangeError("out of luck"), { code: "LUCK" });
  if (fault === "exit") process.exit(7);
  if (fault === "hang") for (;;);
  if (fault === "reject") void Promise.reject(new Error("unseen"));
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Actions of two numbers. */
export function makePad(): Env {
  class Pad extends CountingEnv {
    override readonly actionSpace = new MultiDiscrete([3, 2]);
    override readonly observationSpace = new Box({ low: -1, high: 1e6, shape: [3] });
  }
  const env = new Pad();
  const step = env.step.bind(env);
  env.step = (action) => ({
    ...step(action),
    info: { sum: 10 * (action as Int32Array)[0] + (action as Int32Array)[1] },
  });
  return env;
}

/** An environment that cannot be saved. */
export default function makeUnsaved(): Env {
  return Object.assign(new CountingEnv(), { getState: undefined, setState: undefined });
}

/** A wrapper with options. */
export function clip(env: Env, options: { clip?: number }): Env {
  return new ClipReward(env, options.clip === undefined ? {} : { clip: { limit: options.clip } });
}

/** Not a function. */
export const notAFunction = 3;

register("OfModule-v0", (options) => makeCounting(options as FaultOptions, 0));
