/** Environments: steps per second alone, in this thread and on worker threads, and the overhead of a step. */

import { Random } from "../src/core/random.js";
import { make } from "../src/envs/registry.js";
import "../src/envs/builtin.js";
import type { Env } from "../src/envs/env.js";
import type { EnvOptions } from "../src/envs/registry.js";
import "../src/node/platform.js";
import { makeVecEnv } from "../src/vector/make-vec-env.js";
import type { VectorEnv } from "../src/vector/vector-env.js";
import { WarpFrame } from "../src/wrappers/warp-frame.js";
import type { BenchmarkResult } from "./run.js";

// Many short rounds: the best of them were not disturbed by other programs.
const ROUNDS = 300;
const MILLISECONDS = 3;
const FEATURES = { observation: "features" };

interface VectorCase {
  name: string;
  key: string;
  id: string;
  envOptions?: EnvOptions;
  wrapDeepmind?: boolean;
  sizes: number[];
}

const vectorCases: VectorCase[] = [
  { name: "CartPole-v1", key: "cartPole", id: "CartPole-v1", sizes: [1, 8, 64] },
  {
    name: "Arcade/Breakout-v0, wrapDeepmind",
    key: "breakout84",
    id: "Arcade/Breakout-v0",
    wrapDeepmind: true,
    sizes: [8, 32],
  },
];

/** Measures; every metric is the best of several rounds, compared ones alternate. */
export async function run(): Promise<BenchmarkResult> {
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  const add = (what: string, key: string, value: number, unit: string) => {
    const rounded = Number(value.toPrecision(4));
    rows.push({ what, value: rounded, unit });
    metrics[key] = rounded;
  };

  const singles: [string, string, Env][] = [
    ["CartPole-v1", "cartPoleSteps", make("CartPole-v1")],
    ["Arcade/Breakout-v0, features", "breakoutFeatureSteps", make("Arcade/Breakout-v0", FEATURES)],
    ["Arcade/Breakout-v0, 210 x 160 RGB", "breakoutRgbSteps", make("Arcade/Breakout-v0")],
  ];
  for (const [name, key, env] of singles)
    add(`${name}, alone`, key, await bestRate(stepping(env)), "steps/s");

  const [plain, warped] = [make("Arcade/Breakout-v0"), new WarpFrame(make("Arcade/Breakout-v0"))];
  const [bare, gray] = [await bestRate(stepping(plain)), await bestRate(stepping(warped))];
  add("84 x 84 gray of a picture", "warpMicros", 1e6 / gray - 1e6 / bare, "us");

  for (const vectorCase of vectorCases) {
    for (const numEnvs of vectorCase.sizes) await compare(vectorCase, numEnvs, add);
  }
  return { rows, metrics };
}

type Add = (what: string, key: string, value: number, unit: string) => void;

async function compare(
  { name, key, sizes: _, ...recipe }: VectorCase,
  numEnvs: number,
  add: Add,
): Promise<void> {
  const { id, ...options } = recipe;
  const settings = { ...options, numEnvs, seed: 0 };
  const kinds: [string, VectorEnv][] = [["sync", makeVecEnv(id, settings)]];
  for (const workers of numEnvs === 1 ? [1] : [1, 2]) {
    const label = `${workers} ${workers === 1 ? "thread" : "threads"}`;
    kinds.push([label, makeVecEnv(id, { ...settings, kind: "worker", workers })]);
  }
  const best = new Map<string, number>();
  for (const [, envs] of kinds) await envs.reset();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [label, envs] of kinds) {
      best.set(label, Math.max(best.get(label) ?? 0, await rate(vectorStepping(envs))));
    }
  }
  for (const [label, envs] of kinds) {
    const steps = best.get(label) as number;
    const metric = `${key}_${numEnvs}_${label.replace(/ thread.*/, "threads")}`;
    add(`${name} x ${numEnvs}, ${label}`, metric, numEnvs * steps, "steps/s");
    await envs.close();
  }
  const [sync, thread] = ["sync", "1 thread"].map((label) => 1e6 / (best.get(label) as number));
  add(`${name} x ${numEnvs}, handing over`, `${key}_${numEnvs}_handOverMicros`, thread - sync, "us");
}

function stepping(env: Env): () => void {
  const random = new Random(0);
  env.reset({ seed: 0 });
  return () => {
    const { terminated, truncated } = env.step(env.actionSpace.sample(random));
    if (terminated || truncated) env.reset();
  };
}

function vectorStepping(envs: VectorEnv): () => Promise<unknown> {
  const random = new Random(0);
  const actions = new Int32Array(envs.numEnvs);
  return () => {
    for (let i = 0; i < actions.length; i++) actions[i] = envs.actionSpace.sample(random) as number;
    return envs.step(actions);
  };
}

async function bestRate(step: () => unknown): Promise<number> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) best = Math.max(best, await rate(step));
  return best;
}

// Calls per second; calls without anything to await are made in blocks, so that awaiting is not measured.
async function rate(step: () => unknown): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < MILLISECONDS) {
    const result = step();
    if (result) await result;
    else for (let i = 1; i < 20; i++) step();
    calls += result ? 1 : 20;
    elapsed = performance.now() - start;
  }
  return (calls / elapsed) * 1000;
}
