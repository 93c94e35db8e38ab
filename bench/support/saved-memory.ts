/**
 * Saves or loads a DQN run whose replay memory is full of frames, in a separate process, and reports time and memory:
 * `saved-memory.ts save|load FOLDER FRAMES`; the output is one line of JSON, a {@link SavedMemoryReport}.
 */

import { createHash } from "node:crypto";
import { DQNTrainer, type Env, type ReplayMemory, useBackend } from "../../src/index.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";
import { FrameStack, WarpFrame } from "../../src/wrappers/index.js";

/** Time and memory of saving or loading. */
export interface SavedMemoryReport {
  /** Bytes of frames in the memory. */
  frameBytes: number;
  /** Peak resident memory in bytes, beyond those frames and the memory used before. */
  extraBytes: number;
  /** Seconds. */
  seconds: number;
  /** Longest time in milliseconds in which the event loop was blocked. */
  longestBlock: number;
  /** SHA-256 of all frames. */
  sha256: string;
}

const [phase, folder, frames] = process.argv.slice(2);
const wrapper = (env: Env) => new FrameStack(new WarpFrame(env, { height: 84, width: 84 }), { numStack: 4 });
const options = {
  env: "Arcade/Breakout-v0",
  wrapper,
  numEnvs: 2,
  numStack: 4,
  prioritized: {},
  capacity: Number(frames),
};
const place = { store: new FileCheckpointStore(folder), name: "run" };

function fill(memory: ReplayMemory): void {
  const observation = new Uint8Array(84 * 84 * 4);
  const words = new Uint32Array(observation.buffer);
  for (let e = 0; e < memory.numEnvs; e++) {
    memory.start(e, observation);
    for (let i = 0; i < memory.slotsPerEnv - 1; i++) {
      words[i % words.length] = Math.imul(i + 1, 0x9e3779b1);
      const step = { action: i % 4, reward: e, terminated: false, truncated: false };
      memory.add(e, { ...step, nextObservation: observation });
    }
  }
}

function fingerprint(memory: ReplayMemory): string {
  const hash = createHash("sha256");
  for (const views of memory.getState().frames as Uint8Array[][]) for (const view of views) hash.update(view);
  return hash.digest("hex");
}

async function measure(known: number, act: () => Promise<DQNTrainer>): Promise<void> {
  const before = process.memoryUsage.rss();
  let [last, longestBlock] = [performance.now(), 0];
  const clock = setInterval(() => {
    longestBlock = Math.max(longestBlock, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  const start = performance.now();
  const trainer = await act();
  const seconds = (performance.now() - start) / 1000;
  clearInterval(clock);
  const { memory } = trainer;
  const extraBytes = process.resourceUsage().maxRSS * 1024 - before - (memory.byteLength - known);
  const report: SavedMemoryReport = {
    frameBytes: memory.byteLength,
    extraBytes,
    seconds,
    longestBlock,
    sha256: fingerprint(memory),
  };
  console.log(JSON.stringify(report));
  await trainer.close();
}

await useBackend("wasm");
const trainer = new DQNTrainer(options);
if (phase === "save") {
  fill(trainer.memory);
  await measure(trainer.memory.byteLength, async () => {
    await trainer.save(place);
    return trainer;
  });
} else {
  await trainer.close();
  await measure(0, () => DQNTrainer.resume(place, { wrapper }));
}
