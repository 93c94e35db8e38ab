/**
 * Compiled gradient steps of the presets against the same steps run kernel by kernel, and against the time of their
 * matrix products alone, which no compilation can save; and single actions of trained policies. Processor time, in
 * turns, one thread.
 *
 * `npm run bench -- compiled [turns]`
 */

import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  arcadeBreakoutPPO,
  cartPoleDQN,
  cartPoleNoVelPPO,
  cartPolePPO,
  PPOTrainer,
  pendulumPPO,
  useBackend,
} from "../src/index.js";
import type { BenchmarkResult } from "./run.js";
import {
  alternate,
  type Contender,
  type Measurement,
  measured,
  ratios,
  summarize,
} from "./support/alternate.js";
import {
  dqnStep,
  type GradientStep,
  type ProductSizes,
  ppoStep,
  productsAlone,
} from "./support/gradient-steps.js";
import { startPyTorch } from "./support/peer.js";

interface Case {
  name: string;
  make: () => GradientStep;
  /** Products that are part of a larger kernel, so that no list of products has them. */
  within?: ProductSizes[];
}

const cases: Case[] = [
  { name: "cartPolePPO", make: () => ppoStep(cartPolePPO, "CartPole-v1") },
  { name: "pendulumPPO", make: () => ppoStep(pendulumPPO, "Pendulum-v1") },
  {
    name: "cartPoleNoVelPPO",
    make: () => ppoStep(cartPoleNoVelPPO, "CartPoleNoVel-v1"),
    within: cfcProducts(16, 16),
  },
  {
    name: "arcadeBreakoutPPO",
    make: () => ppoStep(arcadeBreakoutPPO, "Arcade/Breakout-v0"),
    within: cfcProducts(32, 16),
  },
  { name: "cartPoleDQN", make: () => dqnStep(cartPoleDQN, "CartPole-v1") },
];

const repeats = { plain: 30, compiled: 100 };

/** Measures every step, then single actions. */
export async function run([turns = "7"]: string[] = []): Promise<BenchmarkResult> {
  await useBackend("wasm", { accelerator: false });
  const result: BenchmarkResult = { rows: [], metrics: {} };
  for (const each of cases) await measureStep(each, Number(turns), result);
  await measureActions(Number(turns), result);
  return result;
}

async function measureStep({ name, make, within = [] }: Case, turns: number, result: BenchmarkResult) {
  const step = make();
  for (let i = 0; i < 1000; i++) step.compiled(); // until V8 has compiled everything for good
  for (let i = 0; i < 50; i++) step.plain();
  const products = productsAlone([...step.products(), ...within]);
  for (let i = 0; i < 1000; i++) products();
  const contenders: Record<string, Contender> = {
    plain: () => repeated(repeats.plain, step.plain),
    compiled: () => repeated(repeats.compiled, step.compiled),
    products: () => repeated(repeats.compiled, products),
  };
  const peer = name === "cartPolePPO" ? await startPyTorch() : undefined;
  const torch = { kind: "cartpole", batch: 256, repeats: repeats.compiled };
  if (peer) {
    contenders.torch = async () => perRepeat(await peer.run(torch), repeats.compiled);
    if (hasCompiler()) {
      const peerCase = { ...torch, compiled: true };
      contenders["torch.compile"] = async () => perRepeat(await peer.run(peerCase), repeats.compiled);
    } else console.error("no g++ here (CXX may name another): torch.compile, which needs one, is left out");
  }
  const measurements = await alternate(contenders, turns);
  const median = (key: string) => summarize(measurements[key].map(({ cpu }) => cpu)).median;
  const quotient = (one: string, other: string) => ratios(measurements[one], measurements[other], "cpu");
  peer?.close();
  const { bytes, kernels, loops, calls, hostCalls } = step.plan();
  const [plain, compiled, limit] = ["plain", "compiled", "products"].map(median);
  const row = {
    "gradient step": name,
    "tfjs kernels": kernels,
    "loops + calls": `${loops} + ${calls + hostCalls.length}`,
    "uncompiled ms": rounded(plain),
    "compiled ms": rounded(compiled),
    ratio: rounded(quotient("plain", "compiled").median),
    quartiles: quotient("plain", "compiled").quartiles.map(rounded).join(" - "),
    "products alone ms": rounded(limit),
    "x products": rounded(quotient("compiled", "products").median),
    "allocated bytes": allocated(step.compiled, 300),
    "plan KiB": Math.round(bytes / 1024),
    "PyTorch ms": contenders.torch ? rounded(median("torch")) : "",
    "torch.compile ms": contenders["torch.compile"] ? rounded(median("torch.compile")) : "",
  };
  result.rows.push(row);
  if (peer) console.error(`${peer.name}, one thread`);
  const { metrics } = result;
  metrics[`${name}_uncompiled_ms`] = row["uncompiled ms"];
  metrics[`${name}_compiled_ms`] = row["compiled ms"];
  metrics[`${name}_products_ms`] = row["products alone ms"];
  metrics[`${name}_allocated_bytes`] = row["allocated bytes"];
  for (const key of ["torch", "torch.compile"]) {
    if (contenders[key]) metrics[`${name}_${key.replace(".", "_")}_ms`] = rounded(median(key));
  }
}

async function measureActions(turns: number, { rows, metrics }: BenchmarkResult): Promise<void> {
  const count = 2000;
  for (const [name, preset, env] of [
    ["cartPolePPO", cartPolePPO, "CartPole-v1"],
    ["cartPoleNoVelPPO", cartPoleNoVelPPO, "CartPoleNoVel-v1"],
  ] as const) {
    const trainer = new PPOTrainer({ ...preset, env, seed: 0 });
    const observation = new Float32Array(trainer.model.observationShape[0]).fill(0.01);
    let state: Float32Array | null = null;
    const act = async () => {
      const began = process.cpuUsage();
      const start = performance.now();
      for (let i = 0; i < count; i++) {
        const made = await trainer.predict(observation, { deterministic: true, ...(state && { state }) });
        state = made.state;
      }
      const { user, system } = process.cpuUsage(began);
      return perRepeat({ wall: performance.now() - start, cpu: (user + system) / 1000 }, count);
    };
    const { predict } = await alternate({ predict: act }, turns);
    const microseconds = rounded(1000 * summarize(predict.map(({ cpu }) => cpu)).median);
    rows.push({ "gradient step": `${name}: predict, batch 1`, "compiled ms": microseconds / 1000 });
    metrics[`${name}_predict_us`] = microseconds;
    await trainer.close();
  }
}

// One step of the loop over time of a CfC 32 behind one layer of 64, forward and backward: three heads, because two of
// the four are folded into one.
function cfcProducts(batch: number, time: number): ProductSizes[] {
  const [units, backbone, heads] = [32, 64, 3 * 32];
  const step: ProductSizes[] = [
    { m: batch, k: units, n: backbone },
    { m: batch, k: backbone, n: heads },
    { m: batch, k: heads, n: backbone },
    { m: batch, k: backbone, n: units },
  ];
  return Array.from({ length: time }, () => step).flat();
}

function hasCompiler(): boolean {
  return spawnSync(process.env.CXX ?? "g++", ["--version"], { stdio: "ignore" }).status === 0;
}

function repeated(count: number, program: () => void): Measurement {
  const spent = measured(() => {
    for (let i = 0; i < count; i++) program();
  });
  return perRepeat(spent, count);
}

function perRepeat({ wall, cpu }: Measurement, count: number): Measurement {
  return { wall: wall / count, cpu: cpu / count };
}

// Of one call, in V8's heap and in arrays outside of it. The young generation holds what all calls leave behind, so
// that nothing is collected in the meantime.
function allocated(program: () => void, calls: number): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const grown = Array.from({ length: 5 }, () => {
    collect();
    const before = used();
    for (let i = 0; i < calls; i++) program();
    return (used() - before) / calls;
  });
  return Math.round(summarize(grown).median);
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
