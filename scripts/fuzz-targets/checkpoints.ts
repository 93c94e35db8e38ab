/** Hostile checkpoints of the three trainers, which must result in a typed error or a working trainer. */

import { decodeCheckpoint, encodeCheckpoint, MemoryCheckpointStore } from "../../src/checkpoints/index.js";
import { readWhole } from "../../src/checkpoints/pieces.js";
import { sha256 } from "../../src/checkpoints/sha256.js";
import { NcpsError } from "../../src/core/errors.js";
import { isTypedArray, type StateRecord, type StateTree, type TypedArray } from "../../src/core/state.js";
import { AtariCloningDataset } from "../../src/datasets/atari-cloning.js";
import { cloningFileName, writeCloningSequence } from "../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import "../../src/envs/builtin.js";
import { ConvCfC } from "../../src/models/index.js";
import { CloningTrainer, DQNTrainer, PPOTrainer, type Trainer } from "../../src/trainers/index.js";
import type { FuzzTarget } from "./target.js";

type Files = Map<string, Uint8Array>;
interface Parts {
  kind: string;
  config: StateRecord;
  counters: StateRecord;
  state: StateRecord;
}
interface Mutant {
  files: Files | Parts;
  /** Whether only a typed error, or the unchanged data, is right. */
  damaged: boolean;
}
type Learning = Trainer & { learn(options: object): Promise<unknown> };
type Place = { store: MemoryCheckpointStore; name: string };

const STATE = "state.safetensors";
const MANIFEST = "manifest.json";
const SIDE = 36;

const ppo = { env: "CartPole-v1", numEnvs: 2, numSteps: 8, batchSize: 8, nEpochs: 1, seed: 1 };
const dqn = { env: "CartPole-v1", seed: 1, capacity: 64, learningStarts: 8, batchSize: 8, prioritized: {} };

/** The fuzz targets of this file. */
export const targets: FuzzTarget[] = [
  target("ppo-checkpoint", {
    make: async () => new PPOTrainer({ ...ppo, normalizeObservation: true, normalizeReward: true }),
    resume: (place) => PPOTrainer.resume(place),
    observation: new Float32Array(4),
  }),
  target("dqn-checkpoint", {
    make: async () => new DQNTrainer(dqn),
    resume: (place) => DQNTrainer.resume(place),
    observation: new Float32Array(4),
  }),
  target("dqn-checkpoint-loaded", {
    make: async () => new DQNTrainer(dqn),
    resume: (place) => DQNTrainer.load(place),
    observation: new Float32Array(4),
  }),
  target("cloning-checkpoint", {
    make: async () =>
      new CloningTrainer({
        dataset: await frames(),
        batchSize: 2,
        seed: 1,
        model: new ConvCfC({
          numActions: 4,
          observationShape: [SIDE, SIDE, 4],
          filters: [2, 2, 2, 2],
          units: 4,
          seed: 1,
        }),
      }),
    resume: async (place) => CloningTrainer.resume(place, { dataset: await frames() }),
    observation: new Uint8Array(SIDE * SIDE * 4),
  }),
];

interface Kind {
  make(): Promise<Learning>;
  resume(place: Place): Promise<Learning>;
  observation: TypedArray;
}

function goal({ numBatches }: Trainer, steps: number): object {
  return numBatches === undefined ? { totalTimesteps: steps } : { totalBatches: steps };
}

function target(name: string, { make, resume, observation }: Kind): FuzzTarget {
  let whole: Files;
  let parts: Parts;
  return {
    name,
    async prepare() {
      await useBackend("wasm");
      const trainer = await make();
      let steps = 0;
      await trainer.learn({ ...goal(trainer, 60), callbacks: [{ onStep: () => ++steps < 19 }] });
      const store = new MemoryCheckpointStore();
      await trainer.save({ store, name: "whole" });
      await trainer.close();
      whole = new Map();
      for (const [file, pieces] of await store.read("whole")) whole.set(file, await readWhole(pieces));
      parts = await decodeCheckpoint(await store.read("whole"));
    },
    mutate(random) {
      const way = random();
      if (way < 0.2) return { files: damage(whole, random), damaged: true };
      if (way < 0.3) return { files: signedText(whole, random), damaged: false };
      const { kind, config, counters, state } = structuredClone(parts);
      const spoilt = { kind, config, counters, state };
      for (let n = 1 + Math.floor(random() * 2); n > 0; n--) spoil(spoilt, random);
      return { files: spoilt, damaged: false };
    },
    async run(mutant) {
      const { files, damaged } = mutant as Mutant;
      const store = new MemoryCheckpointStore();
      let trainer: Learning | undefined;
      try {
        const written = files instanceof Map ? pieces(files) : encodeCheckpoint(files);
        await store.write("mutant", written);
        trainer = await resume({ store, name: "mutant" });
        if (damaged && !same(files as Files, whole)) throw new Error("a damaged checkpoint was loaded");
        await trainer.predict(observation, { deterministic: true });
        let steps = 0;
        await trainer.learn({ ...goal(trainer, 1000), callbacks: [{ onStep: () => ++steps < 4 }] });
        return "loaded";
      } catch (error) {
        if (error instanceof NcpsError) return "typed";
        throw error;
      } finally {
        await trainer?.close();
      }
    },
  };
}

// Flipped bits, truncation, and missing files.
function damage(whole: Files, random: () => number): Files {
  const files = new Map(whole);
  const file = random() < 0.5 ? STATE : MANIFEST;
  const bytes = (whole.get(file) as Uint8Array).slice();
  const way = random();
  if (way < 0.05) files.delete(file);
  else if (way < 0.3) files.set(file, bytes.subarray(0, Math.floor(random() * bytes.length)));
  else {
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
      bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
    }
    files.set(file, bytes);
  }
  return files;
}

// Changes of the manifest's text that no writer makes, with a valid hash.
function signedText(whole: Files, random: () => number): Files {
  const text = new TextDecoder().decode(whole.get(MANIFEST));
  const body = text.replace(/,\n {2}"sha256": "[0-9a-f]{64}"\n\}\n$/, "");
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  const ways: [string | RegExp, string][] = [
    [/"config": \{/, `"config": { "deep": ${deep},`],
    [/"state": \{/, `"state": { "deep": ${deep},`],
    [/"state": \{/, '"state": { "__proto__": { "polluted": 1 },'],
    [/"config": \{/, '"config": { "__proto__": { "polluted": 1 },'],
    [/"hyperparameters": \{/, '"hyperparameters": { "__proto__": { "polluted": 1 },'],
    [/"counters": \{/g, '"counters": { "__proto__": { "timesteps": 1 },'],
    [/\{ ?"\$array": "[^"]*"/, '{ "$array": "none"'],
    [/\n {2,}"[a-z]+": \d+,/, "\n"],
    [/: \d+/g, `: ${pick(random, ["-1", "1e300", "1e400", "0.1", '"1"', "null", "[]", "{}"])}`],
  ];
  const [from, to] = pick(random, ways);
  const changed = body.replace(from, () => to);
  const hash = sha256(new TextEncoder().encode(changed));
  return new Map(whole).set(MANIFEST, new TextEncoder().encode(`${changed},\n  "sha256": "${hash}"\n}\n`));
}

const nasty: readonly StateTree[] = [
  null,
  true,
  false,
  -1,
  0,
  0.5,
  1e6,
  1e9,
  1e12,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "text",
  "__proto__",
  "constructor",
  [],
  {},
  [1, 2, 3],
  { kind: "constant", value: -1 },
  { module: "data:text/javascript,globalThis.ran=true", export: "default" },
];
const names = [
  "learnerModel",
  "wrapper",
  "env",
  "model",
  "python",
  "__proto__",
  "constructor",
  "envOptions",
  "seed",
];

// Changes one place of the tree.
function spoil(tree: Parts, random: () => number): void {
  let parent = tree as unknown as StateRecord;
  let key: string = random() < 0.5 ? "config" : random() < 0.9 ? "state" : "counters";
  while (isTree(parent[key]) && random() < 0.85) {
    const keys = Object.keys(parent[key] as object);
    if (keys.length === 0) break;
    parent = parent[key] as StateRecord;
    key = pick(random, keys);
  }
  const value = parent[key];
  const way = random();
  if (parent === (tree as unknown)) spoil(tree, random);
  else if (way < 0.15) delete parent[key];
  else if (way < 0.25 && !Array.isArray(parent)) {
    Object.defineProperty(parent, pick(random, names), {
      value: pick(random, nasty),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else if (isTypedArray(value) && value.length > 0 && way < 0.8) {
    const at = Math.floor(random() * value.length);
    const change = random();
    if (change < 0.2) parent[key] = value.slice(1);
    else if (change < 0.3) value.fill(0);
    else if (change < 0.4) parent[key] = Float64Array.from(value);
    else value[at] = pick(random, [-1, 0, 1e9, Number.NaN, Number.NEGATIVE_INFINITY, 255]);
  } else if (typeof value === "number" && way < 0.6)
    parent[key] = value * pick(random, [-1, 1000, 1e6, 1.5, 0]);
  else parent[key] = structuredClone(pick(random, nasty));
}

function isTree(value: StateTree | undefined): boolean {
  return typeof value === "object" && value !== null && !isTypedArray(value);
}

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)];
}

function pieces(files: Files): Map<string, Uint8Array[]> {
  return new Map([...files].map(([name, bytes]) => [name, [bytes]]));
}

function same(files: Files, whole: Files): boolean {
  return [...whole].every(
    ([name, bytes]) => Buffer.compare(files.get(name) ?? new Uint8Array(0), bytes) === 0,
  );
}

let data: AtariCloningDataset | undefined;

async function frames(): Promise<AtariCloningDataset> {
  if (data) return data;
  const source = new MemoryCloningSource();
  for (let i = 0; i < 6; i++) {
    const observations = new Uint8Array(3 * SIDE * SIDE * 4).fill(40 * i);
    const actions = Int32Array.of(0, 1, i % 4);
    const bytes = writeCloningSequence({ observations, actions, shape: [SIDE, SIDE, 4] });
    await source.write(cloningFileName("train", i), bytes);
  }
  data = await AtariCloningDataset.open(source);
  return data;
}
