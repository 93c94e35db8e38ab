/**
 * Sampling a batch of 32 transitions of stacked frames from a replay memory, alternating with SB3's ReplayBuffer and
 * with the layout of "Atari Space Invaders and Dueling Q RL" if Python has numpy and stable_baselines3.
 */

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Random } from "../src/core/random.js";
import { PrioritizedReplayMemory, ReplayMemory, type ReplayMemoryOptions } from "../src/memory/index.js";

const CAPACITY = 4000;
const BATCH = 32;
const REPEATS = 20;
const ROUNDS = 5;

interface Contender {
  what: string;
  metric: string;
  pass: () => number | Promise<number>;
  times: number[];
}

function filled(Memory: typeof ReplayMemory, [height, width, stack]: number[]): ReplayMemory {
  const options: ReplayMemoryOptions = {
    capacity: CAPACITY,
    observationShape: [height, width, stack],
    observationDtype: "uint8",
    numStack: stack,
  };
  const memory = new Memory(options);
  const observation = new Uint8Array(height * width * stack);
  const random = new Random(0);
  for (let i = 0; i < CAPACITY; i++) {
    if (i % 500 === 0) memory.start(0, observation);
    for (let at = 0; at < observation.length; at += 64) observation[at] = random.uint32();
    const step = { action: i % 6, reward: 1, terminated: i % 500 === 499, truncated: false };
    memory.add(0, { ...step, nextObservation: observation });
  }
  return memory;
}

function ours(what: string, metric: string, memory: ReplayMemory): Contender {
  const random = new Random(1);
  const pass = () => {
    const start = performance.now();
    for (let i = 0; i < REPEATS; i++) memory.sample(BATCH, random);
    return ((performance.now() - start) / REPEATS) * 1000;
  };
  return { what, metric, pass, times: [] };
}

// The cost of fetching: the five frames of each transition, copied and not interleaved.
function fetching(memory: ReplayMemory): Contender {
  const random = new Random(1);
  const [[frames]] = memory.getState().frames as Uint8Array[][];
  const length = 5 * 84 * 84;
  const copy = new Uint8Array(length);
  const pass = () => {
    const start = performance.now();
    for (let i = 0; i < REPEATS * BATCH; i++) {
      const from = 84 * 84 * random.integer(CAPACITY - 5);
      copy.set(frames.subarray(from, from + length));
    }
    return ((performance.now() - start) / REPEATS) * 1000;
  };
  return { what: "its frames alone, copied and not joined", metric: "fetchMicroseconds", pass, times: [] };
}

async function peers(): Promise<{ contenders: Contender[]; close(): void }> {
  const python = process.env.NCPS_BENCH_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import numpy, stable_baselines3"], { stdio: "ignore" }).status !== 0) {
    console.error(
      `${python} has no stable_baselines3: set NCPS_BENCH_PYTHON to a Python that has, to compare`,
    );
    return { contenders: [], close() {} };
  }
  const child = spawn(python, [fileURLToPath(new URL("./peers/replay.py", import.meta.url))]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const peer = (what: string, metric: string, layout: string): Contender => ({
    what,
    metric,
    times: [],
    async pass() {
      child.stdin.write(
        `${JSON.stringify({ layout, capacity: CAPACITY, batch: BATCH, repeats: REPEATS })}\n`,
      );
      const { value, done } = await lines.next();
      if (done) throw new Error(`replay.py ended with status ${child.exitCode}`);
      return (JSON.parse(value) as { microseconds: number }).microseconds;
    },
  });
  return {
    contenders: [
      peer("SB3 ReplayBuffer, 4 x 84 x 84, stacks stored twice", "sb3Microseconds", "sb3"),
      peer("SB3, optimize_memory_usage: stacks stored once", "sb3LeanMicroseconds", "sb3-lean"),
      peer("document's memory, 105 x 80 x 3, float32", "documentMicroseconds", "document"),
    ],
    close: () => void child.stdin.end(),
  };
}

/** Measures microseconds per batch, states and next states, alternating; the median of the rounds. */
export async function run(): Promise<{
  rows: Record<string, string | number>[];
  metrics: Record<string, number>;
}> {
  const prioritized = PrioritizedReplayMemory as typeof ReplayMemory;
  const { contenders, close } = await peers();
  const atari = filled(ReplayMemory, [84, 84, 4]);
  const all = [
    ours("ReplayMemory, 84 x 84 x 4", "microseconds", atari),
    fetching(atari),
    ours("PrioritizedReplayMemory, 84 x 84 x 4", "prioritizedMicroseconds", filled(prioritized, [84, 84, 4])),
    ours("ReplayMemory, 105 x 80 x 3", "threeFramesMicroseconds", filled(ReplayMemory, [105, 80, 3])),
    ...contenders,
  ];
  // The first round is only a warm-up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const each of all) {
      const time = await each.pass();
      if (round > 0) each.times.push(time);
    }
  }
  close();
  const rows = all.map(({ what, times }) => {
    const sorted = [...times].sort((a, b) => a - b);
    const [least, median] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
    return { "batch of 32": what, "us, median": Math.round(median), "us, best": Math.round(least) };
  });
  const metrics = Object.fromEntries(all.map(({ metric }, i) => [metric, rows[i]["us, median"] as number]));
  return { rows, metrics };
}
