/** Gray, resize and the wrappers of Atari games: microseconds per frame and steps per second. */

import { make } from "../src/envs/registry.js";
import "../src/envs/builtin.js";
import type { Env } from "../src/envs/env.js";
import { elementwiseMax } from "../src/images/elementwise-max.js";
import { AreaResizer, rgbToGray } from "../src/images/index.js";
import { FrameStack, MaxAndSkip, WarpFrame, wrapAtari, wrapDeepmind } from "../src/wrappers/index.js";
import type { BenchmarkResult } from "./run.js";

const GAME = "Arcade/Breakout-v0";
const ROUNDS = 60;

/** Measures pictures of the game and of noise, then the wrapped game; best of many rounds. */
export async function run(): Promise<BenchmarkResult> {
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  const add = (name: string, key: string, microseconds: number) => {
    const rate = Math.round(1e6 / microseconds);
    rows.push({ what: name, "us each": Number(microseconds.toFixed(1)), "per second": rate });
    metrics[key] = Number(microseconds.toPrecision(4));
  };

  const gray = new Uint8Array(210 * 160);
  const small = new Uint8Array(84 * 84);
  const half = new Uint8Array(105 * 80);
  const brighter = new Uint8Array(210 * 160 * 3);
  const sizes = { inputHeight: 210, inputWidth: 160 };
  const resizer = new AreaResizer({ ...sizes, outputHeight: 84, outputWidth: 84 });
  const halver = new AreaResizer({ ...sizes, outputHeight: 105, outputWidth: 80 });
  for (const [kind, rgb, next] of [
    ["game", ...screens()],
    ["noise", noise(), noise()],
  ] as const) {
    rgbToGray(rgb, gray);
    add(
      `gray, ${kind}`,
      `grayMicros_${kind}`,
      best(() => rgbToGray(rgb, gray)),
    );
    add(
      `gray to 84 x 84, ${kind}`,
      `resizeMicros_${kind}`,
      best(() => resizer.resize(gray, small)),
    );
    add(
      `RGB to gray 84 x 84, ${kind}`,
      `fusedMicros_${kind}`,
      best(() => resizer.resizeRGB(rgb, small)),
    );
    add(
      `gray to 105 x 80, ${kind}`,
      `halveMicros_${kind}`,
      best(() => halver.resize(gray, half)),
    );
    add(
      `maximum of two, ${kind}`,
      `maxMicros_${kind}`,
      best(() => elementwiseMax(rgb, next, brighter)),
    );
  }

  const games: [name: string, key: string, env: Env][] = [
    [`${GAME}`, "bare", make(GAME)],
    ["+ WarpFrame", "warp", new WarpFrame(make(GAME))],
    ["+ WarpFrame + FrameStack", "stack", new FrameStack(new WarpFrame(make(GAME)))],
    ["wrapDeepmind", "wrapDeepmind", wrapDeepmind(make(GAME))],
    ["frameskip 1 + MaxAndSkip", "skip", new MaxAndSkip(make(GAME, { frameskip: 1 }))],
    ["frameskip 1, wrapAtari", "wrapAtari", wrapAtari(make(GAME, { frameskip: 1 }))],
  ];
  for (const [name, key, env] of games) {
    env.reset({ seed: 0 });
    let action = 0;
    const step = () => {
      const { terminated, truncated } = env.step(action++ % 4);
      if (terminated || truncated) env.reset();
    };
    add(`step: ${name}`, `${key}Micros`, best(step));
    env.close();
  }
  return { rows, metrics };
}

// Microseconds per call: the best of many rounds of 50, to reduce disturbance by other programs.
function best(call: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) call();
    least = Math.min(least, performance.now() - start);
  }
  return (least / 50) * 1000;
}

function screens(): [Uint8Array, Uint8Array] {
  const env = make(GAME);
  env.reset({ seed: 0 });
  const frame = () => (env.step(1).observation as Uint8Array).slice();
  return [frame(), frame()];
}

function noise(): Uint8Array {
  return Uint8Array.from({ length: 210 * 160 * 3 }, () => Math.random() * 256);
}
