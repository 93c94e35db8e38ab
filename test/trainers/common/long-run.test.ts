import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Logger } from "../../../src/logging/index.js";
import { CfCActorCritic, NatureCfCActorCritic } from "../../../src/models/index.js";
import {
  CsvSink,
  Dashboard,
  FileCheckpointStore,
  JsonLinesSink,
  TensorBoardSink,
} from "../../../src/node/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { CheckpointCallback, EvalCallback, PPOTrainer } from "../../../src/trainers/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { FramesEnv } from "../frames-env.js";

beforeAll(() => useBackend("wasm"));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

// Number of updates: NCPS_UPDATES, or by default as many as take some seconds.
const updates = Number(process.env.NCPS_UPDATES ?? 400);

// The least of three samples: what one of them holds for a moment, such as freshly compiled code, is no growth.
function lowest(samples: readonly Seen[]): number {
  return Math.min(...samples.map(({ memory }) => memory));
}

interface Seen {
  tensors: number;
  heap: number;
  memory: number;
}

function look(): Seen {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    tensors: tf.memory().numTensors,
    heap: wasm.HEAPU8.length,
    memory: heapUsed + arrayBuffers,
  };
}

describe("a long training with all features enabled", () => {
  it(`uses no more tensors, heap or memory after ${updates} updates than after a tenth of them`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "long-run-"));
    const dashboard = await Dashboard.open();
    const evalEnv = makeVecEnv("CartPoleNoVel-v1", { numEnvs: 2 });
    const trainer = new PPOTrainer({
      env: "CartPoleNoVel-v1",
      numEnvs: 2,
      numSteps: 4,
      batchSize: 8,
      nEpochs: 1,
      learningRate: 1e-5, // games stay short
      seed: 1,
      model: (spaces) => new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 16, hiddenUnits: [] }),
    });
    const seen: Seen[] = [];
    try {
      await trainer.learn({
        totalTimesteps: updates * 8,
        logger: new Logger([
          new CsvSink(join(folder, "progress.csv")),
          new JsonLinesSink(join(folder, "progress.jsonl")),
          new TensorBoardSink(folder),
          dashboard,
        ]),
        callbacks: [
          dashboard.callback(),
          new EvalCallback({ evalEnv, evalFreq: 400, numEpisodes: 2 }),
          new CheckpointCallback({ savePath: new FileCheckpointStore(folder), saveFreq: 400, keepLast: 2 }),
          {
            onUpdateEnd: ({ iterations }) =>
              void (iterations % Math.ceil(updates / 10) === 0 && seen.push(look())),
          },
        ],
      });
      const [first] = seen;
      const last = seen[seen.length - 1];
      expect(seen.length).toBeGreaterThan(8);
      expect(last.tensors).toBe(first.tensors);
      expect(last.heap).toBe(first.heap);
      // Compilation and caching happen in the first half; the dashboard keeps up to 4000 rows.
      const half = seen.length >> 1;
      const growth = lowest(seen.slice(-3)) - lowest(seen.slice(half - 1, half + 2));
      expect(growth).toBeLessThan(2e6 + 1500 * Math.min(updates, 4000));
      if (process.env.NCPS_UPDATES) console.info(seen);
    } finally {
      await trainer.close();
      await evalEnv.close();
      await dashboard.close();
      rmSync(folder, { recursive: true });
    }
  }, 1_800_000);

  it("uses no more tensors, heap or memory with convolutions before a CfC or a dense layer", async () => {
    const convolutions = [
      { filters: 16, size: 8, strides: 4 },
      { filters: 32, size: 4, strides: 2 },
      { filters: 32, size: 3, strides: 1 },
    ];
    const trainer = new PPOTrainer({
      env: new SyncVectorEnv([() => new FramesEnv(), () => new FramesEnv()]),
      numSteps: 4,
      batchSize: 8,
      nEpochs: 1,
      learningRate: 1e-5,
      seed: 1,
      model: (spaces) => new NatureCfCActorCritic({ ...spaces, units: 8, features: 32, convolutions }),
    });
    const seen: Seen[] = [];
    try {
      await trainer.learn({
        totalTimesteps: updates * 8,
        callbacks: [
          {
            onUpdateEnd: ({ iterations }) =>
              void (iterations % Math.ceil(updates / 10) === 0 && seen.push(look())),
          },
        ],
      });
      const [first] = seen;
      const half = seen.length >> 1;
      const last = seen[seen.length - 1];
      expect(seen.length).toBeGreaterThan(8);
      expect(last.tensors).toBe(first.tensors);
      expect(last.heap).toBe(first.heap);
      expect(lowest(seen.slice(-3)) - lowest(seen.slice(half - 1, half + 2))).toBeLessThan(2e6);
      if (process.env.NCPS_UPDATES) console.info(seen);
    } finally {
      await trainer.close();
    }
  }, 1_800_000);
});
