import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CheckpointFiles,
  type CheckpointStore,
  decodeCheckpoint,
  encodeCheckpoint,
  MemoryCheckpointStore,
} from "../../../src/checkpoints/index.js";
import { CheckpointError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { isTypedArray, type StateRecord, type StateTree } from "../../../src/core/state.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { DQNTrainer, PPOTrainer, type Trainer } from "../../../src/trainers/index.js";
import { inPieces, type WholeFiles, wholeFiles } from "../../checkpoints/whole-files.js";

beforeAll(() => useBackend("wasm"));

interface Kind {
  make(): Trainer & { learn(options: object): Promise<unknown> };
  resume(place: { store: CheckpointStore; name: string }): Promise<Trainer>;
}

const ppo = {
  env: "CartPole-v1",
  numEnvs: 2,
  numSteps: 8,
  batchSize: 8,
  nEpochs: 1,
  seed: 1,
  normalizeObservation: true,
};
const dqn = { env: "CartPole-v1", seed: 1, capacity: 64, learningStarts: 8, batchSize: 8, prioritized: {} };
const kinds: Record<string, Kind> = {
  PPO: { make: () => new PPOTrainer(ppo), resume: (place) => PPOTrainer.resume(place) },
  DQN: { make: () => new DQNTrainer(dqn), resume: (place) => DQNTrainer.resume(place) },
};

describe.each(Object.entries(kinds))("damaged checkpoints of %s", (_, { make, resume }) => {
  let files: WholeFiles;
  beforeAll(async () => {
    const store = new MemoryCheckpointStore();
    const trainer = make();
    await trainer.learn({
      totalTimesteps: 60,
      callbacks: [{ onStep: ({ numTimesteps }: { numTimesteps: number }) => numTimesteps < 38 }],
    });
    await trainer.save({ store, name: "whole" });
    await trainer.close();
    files = await wholeFiles(await store.read("whole"));
  });

  async function load(damaged: CheckpointFiles): Promise<unknown> {
    const store = new MemoryCheckpointStore();
    await store.write("damaged", damaged);
    const trainer = await resume({ store, name: "damaged" }).catch((error: unknown) => error);
    if (trainer instanceof Error) return trainer;
    await (trainer as Trainer).close();
    return "loaded";
  }

  it("load before they are damaged", async () => {
    expect(await load(inPieces(files))).toBe("loaded");
  });

  it("truncated, with flipped bits, or without a file: each of 400 throws a CheckpointError that names the file", async () => {
    const random = new Random(5);
    const names = [...files.keys()];
    for (let i = 0; i < 400; i++) {
      const name = names[random.integer(names.length)];
      const bytes = (files.get(name) as Uint8Array).slice();
      const damaged = new Map(files);
      const way = random.integer(20);
      if (way === 0) damaged.delete(name);
      else if (way < 8) damaged.set(name, bytes.subarray(0, random.integer(bytes.length)));
      else {
        bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
        damaged.set(name, bytes);
      }
      const error = await load(inPieces(damaged));
      expect(error, `damage ${i} of ${name}`).toBeInstanceOf(CheckpointError);
      expect((error as Error).message).toMatch(/manifest\.json|state\.safetensors/);
    }
  });

  it("with a field missing, added, or of another type or length, and a valid hash: each of 200 names the field", async () => {
    const random = new Random(6);
    const { kind, config, counters, state } = await decodeCheckpoint(inPieces(files));
    const { numTensors } = tf.memory();
    let tried = 0;
    while (tried < 200) {
      const copy = structuredClone(state);
      const damage = spoil(copy, random);
      if (!damage) continue;
      tried++;
      const error = await load(encodeCheckpoint({ kind, config, counters, state: copy }));
      expect(error, `${damage.what} at ${damage.path}`).toBeInstanceOf(CheckpointError);
      expect((error as Error).message, `${damage.what} at ${damage.path}`).toContain(
        damage.path.split(".")[0],
      );
    }
    expect(tf.memory().numTensors).toBe(numTensors); // trainers that could not be restored are closed
  });

  it("of another version, kind or architecture are rejected", async () => {
    const { kind, config, counters, state } = await decodeCheckpoint(inPieces(files));
    const other = await load(encodeCheckpoint({ kind: "other", config, counters, state }));
    expect(other).toMatchObject({ code: "CHECKPOINT", message: expect.stringContaining('"kind"') });
    const manifest = new TextDecoder().decode(files.get("manifest.json"));
    const newer = new Map(files).set(
      "manifest.json",
      new TextEncoder().encode(manifest.replace(/"formatVersion": ?\d+/, '"formatVersion": 99')),
    );
    expect(await load(inPieces(newer))).toMatchObject({ code: "CHECKPOINT" });
    const model = structuredClone(config.model) as { config: { units: number[] } };
    model.config.units = [16];
    const smaller = encodeCheckpoint({
      kind,
      config: { ...config, model: model as never },
      counters,
      state,
    });
    expect(await load(smaller)).toMatchObject({
      code: "CHECKPOINT",
      message: expect.stringContaining("kernel"),
    });
  });
});

const fixed = ["model", "optimizer", "random", "counters", "episodes", "memory"];

// Damages one place of the state whose form is known: not the states of environments, callbacks or logs.
function spoil(state: StateRecord, random: Random): { what: string; path: string } | undefined {
  const pick = <T>(items: readonly T[]) => items[random.integer(items.length)];
  const ways = ["delete", "add", "type", "length"];
  const what = pick(ways);
  if (what === "add") {
    state.surplus = 1;
    return { what, path: "surplus" };
  }
  let parent = state;
  let key = pick(fixed.filter((name) => name in state));
  let path = key;
  while (random.uniform() < 0.8 && isRecord(parent[key])) {
    parent = parent[key] as StateRecord;
    const keys = Object.keys(parent);
    if (keys.length === 0) return undefined;
    key = pick(keys);
    path += `.${key}`;
  }
  const value = parent[key];
  // Older checkpoints lack these.
  if (what === "delete" && ["episodes.successes", "counters.epochs"].includes(path)) return undefined;
  if (what === "delete") delete parent[key];
  else if (what === "type") parent[key] = "text";
  else if (isTypedArray(value) && value.length > 0) parent[key] = value.slice(1);
  else return undefined;
  return { what, path };
}

function isRecord(value: StateTree): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTypedArray(value);
}
