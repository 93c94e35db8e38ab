import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type CheckpointPlace,
  decodeCheckpoint,
  encodeCheckpoint,
  MemoryCheckpointStore,
} from "../../../src/checkpoints/index.js";
import { readWhole } from "../../../src/checkpoints/pieces.js";
import { sha256 } from "../../../src/checkpoints/sha256.js";
import { CheckpointError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { StateRecord, StateTree } from "../../../src/core/state.js";
import { make, register } from "../../../src/envs/registry.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../src/node/index.js";
import { targets } from "../../../scripts/fuzz-targets/checkpoints.js";
import { CloningTrainer, DQNTrainer, PPOTrainer, type Trainer } from "../../../src/trainers/index.js";
import { barData, smallModel } from "../cloning-scenario.js";

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
const ran = join(folder, "ran");
const code = `data:text/javascript,import{writeFileSync}from"node:fs";writeFileSync(${JSON.stringify(ran)},"");export const makeModel=()=>{}`;
const program = join(folder, "program");
// An environment that would start a program, as real Atari does.
const started = vi.fn();

type Parts = { kind: string; config: StateRecord; counters: StateRecord; state: StateRecord };
type Learning = Trainer & { learn(options: object): Promise<unknown> };

const ppo = { env: "CartPole-v1", numEnvs: 2, numSteps: 8, batchSize: 8, nEpochs: 1, seed: 1 };
const dqn = { env: "CartPole-v1", seed: 1, capacity: 64, learningStarts: 8, batchSize: 8, prioritized: {} };
let data: Awaited<ReturnType<typeof barData>>;

beforeAll(async () => {
  await useBackend("wasm");
  data = await barData();
  writeFileSync(program, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  register(
    "Program-v0",
    ({ python, ...options }) => {
      if (python !== undefined) started(python);
      return make("CartPole-v1", options);
    },
    { savedOptions: ["maxEpisodeSteps"] },
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kinds = {
  PPO: {
    make: async (): Promise<Learning> => new PPOTrainer({ ...ppo, normalizeReward: true }),
    resume: (place: CheckpointPlace): Promise<Learning> => PPOTrainer.resume(place),
    load: (place: CheckpointPlace): Promise<Learning> => PPOTrainer.load(place),
  },
  DQN: {
    make: async (): Promise<Learning> => new DQNTrainer(dqn),
    resume: (place: CheckpointPlace): Promise<Learning> => DQNTrainer.resume(place),
    load: (place: CheckpointPlace): Promise<Learning> => DQNTrainer.load(place),
  },
  cloning: {
    make: async (): Promise<Learning> =>
      new CloningTrainer({ ...data, batchSize: 3, seed: 5, model: smallModel({}) }),
    resume: (place: CheckpointPlace): Promise<Learning> => CloningTrainer.resume(place, data),
    load: (place: CheckpointPlace): Promise<Learning> => CloningTrainer.load(place, data),
  },
};
type Kind = keyof typeof kinds;
const whole = new Map<Kind, Parts>();

async function saved(kind: Kind, steps = 19): Promise<Parts> {
  if (!whole.has(kind)) {
    const trainer = await kinds[kind].make();
    let count = 0;
    const goal = kind === "cloning" ? { totalBatches: 60 } : { totalTimesteps: 60 };
    await trainer.learn({ ...goal, callbacks: [{ onStep: () => ++count < steps }] });
    const store = new MemoryCheckpointStore();
    await trainer.save({ store, name: "whole" });
    await trainer.close();
    whole.set(kind, await decodeCheckpoint(await store.read("whole")));
  }
  return structuredClone(whole.get(kind) as Parts);
}

async function placed({ kind, config, counters, state }: Parts): Promise<CheckpointPlace> {
  const store = new MemoryCheckpointStore();
  await store.write("crafted", encodeCheckpoint({ kind, config, counters, state }));
  return { store, name: "crafted" };
}

// Sets one place, e.g. "config.hyperparameters.numEnvs".
function set(parts: Parts, path: string, value: StateTree | undefined): void {
  const keys = path.split(".");
  const last = keys.pop() as string;
  let at = parts as unknown as StateRecord;
  for (const key of keys) at = at[key] as StateRecord;
  if (value === undefined) delete at[last];
  else Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
}

// A loaded trainer of DQN reads its memory when it learns.
async function learns(making: Promise<Learning>): Promise<void> {
  const trainer = await making;
  try {
    await trainer.learn({ totalTimesteps: 1 });
  } finally {
    await trainer.close();
  }
}

async function refused(kind: Kind, changes: Record<string, StateTree | undefined>): Promise<Error> {
  const parts = await saved(kind);
  for (const [path, value] of Object.entries(changes)) set(parts, path, value);
  const place = await placed(parts);
  const { numTensors } = tf.memory();
  const errors: Error[] = [];
  for (const way of ["resume", "load"] as const) {
    const error = await learns(kinds[kind][way](place)).catch((thrown: unknown) => thrown);
    expect(error, `${way} after ${Object.keys(changes)}`).toBeInstanceOf(CheckpointError);
    errors.push(error as Error);
  }
  expect(tf.memory().numTensors, "what was half made is freed").toBe(numTensors);
  return errors[0];
}

const learnerModel = { module: code, export: "makeModel" };

describe.each(Object.keys(kinds) as Kind[])("an untrusted checkpoint of %s", (kind) => {
  it("runs nothing that its options name", async () => {
    const options: Record<string, StateTree> = {
      learnerModel,
      wrapper: code,
      env: program,
      model: learnerModel,
      envOptions: { python: program },
      python: program,
      __proto__own: { learnerModel },
    };
    for (const [name, value] of Object.entries(options)) {
      const path = `config.hyperparameters.${name === "__proto__own" ? "__proto__" : name}`;
      const { message } = await refused(kind, { [path]: value });
      expect(message).toContain('field "config.hyperparameters.');
    }
    expect(existsSync(ran)).toBe(false);
    expect(({} as Record<string, unknown>).learnerModel).toBeUndefined();
  });

  it("pollutes no prototype", async () => {
    const parts = await saved(kind);
    for (const path of ["config", "counters", "state", "config.model", "config.model.config", "state.run"]) {
      const changed = structuredClone(parts);
      set(changed, `${path}.__proto__`, { polluted: true });
      const trainer = await kinds[kind].load(await placed(changed)).catch((error: unknown) => error);
      if (trainer instanceof Error) expect(trainer).toBeInstanceOf(CheckpointError);
      else await (trainer as Learning).close();
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("with records nested 20,000 deep is rejected", async () => {
    const parts = await saved(kind);
    const store = new MemoryCheckpointStore();
    await store.write("deep", encodeCheckpoint(parts));
    const files = new Map<string, Uint8Array>();
    for (const [file, pieces] of await store.read("deep")) files.set(file, await readWhole(pieces));
    const text = new TextDecoder().decode(files.get("manifest.json"));
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    for (const field of ["config", "counters", "state"]) {
      const body = text
        .replace(/,\n {2}"sha256": "[0-9a-f]{64}"\n\}\n$/, "")
        .replace(`"${field}": {`, `"${field}": { "deep": ${deep},`);
      const hash = sha256(new TextEncoder().encode(body));
      const manifest = new TextEncoder().encode(`${body},\n  "sha256": "${hash}"\n}\n`);
      await store.write(
        "deep",
        new Map([...files].map(([f, b]) => [f, [f === "manifest.json" ? manifest : b]])),
      );
      await expect(kinds[kind].resume({ store, name: "deep" })).rejects.toThrow(/nested more than 100 deep/);
      await expect(kinds[kind].resume({ store, name: "deep" })).rejects.toBeInstanceOf(CheckpointError);
    }
  });

  it("without a part, or with one of another type, is rejected with the field's name", async () => {
    const paths = ["config.model", "config.hyperparameters", "config.model.config", "state.run.logger"];
    if (kind !== "cloning") paths.push("config.given", "config.env");
    for (const path of paths) {
      for (const value of [undefined, 3, "text", [1]]) {
        if (path === "config.env" && value === "text") continue; // an id that nobody registered
        if (path === "config.model.config" && value === undefined) continue; // the defaults
        const { message } = await refused(kind, { [path]: value });
        const [, ...names] = path.split(".");
        expect(message).toContain(names[0] === "run" ? "run.logger" : `config.${names[0]}`);
      }
    }
  });

  it("with impossible weights, moments or generator states is rejected", async () => {
    const parts = await saved(kind);
    const [weight] = Object.keys(parts.state.model as StateRecord);
    const spoilt = (parts.state.model as Record<string, Float32Array>)[weight].slice();
    spoilt[0] = Number.NaN;
    expect(
      (await refused(kind, { "state.model": { ...(parts.state.model as StateRecord), [weight]: spoilt } }))
        .message,
    ).toContain(`model.${weight}`);
    const zeros = { xoroshiro128plus: new Int32Array(4) };
    expect((await refused(kind, { "state.playRandom": zeros })).message).toContain("playRandom");
    expect((await refused(kind, { "state.episodes.episodes": -1 })).message).toContain("episodes");
  });

  it("allocates no more weights than it contains, whatever sizes it names", async () => {
    const name = kind === "cloning" ? "filters" : "hiddenUnits";
    const sizes: StateTree[] = [[100_000, 100_000], [1e9], 1e12, "64", [64, -1], [0.5], { length: 1e9 }];
    for (const size of sizes) {
      const value = kind === "cloning" && Array.isArray(size) ? [...size, 4, 4, 4].slice(0, 4) : size;
      const began = performance.now();
      expect((await refused(kind, { [`config.model.config.${name}`]: value })).message).toMatch(
        /config\.model|model/,
      );
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });
});

describe("a crafted checkpoint of PPO", () => {
  it.each<[string, StateTree, RegExp]>([
    ["config.hyperparameters.numEnvs", 1e6, /numEnvs/],
    ["config.hyperparameters.numEnvs", 64, /numEnvs.*2 environments/],
    ["config.hyperparameters.numSteps", 1e12, /numSteps/],
    ["config.hyperparameters.nEpochs", 1e9, /nEpochs/],
    ["config.hyperparameters.learners", 1e6, /learners/],
    ["config.hyperparameters.gamma", "0.9", /gamma/],
    ["config.hyperparameters.gamma", 3, /gamma/],
    ["config.hyperparameters.learningRate", { kind: "linear", initial: "1", final: 0 }, /learningRate/],
    ["config.hyperparameters.adam", { decays: code }, /adam/],
    ["config.seed", 0.5, /seed/],
    ["config.spaces.observationSpace.shape", [1e9], /config/],
    ["config.spaces.actionSpace", { kind: "discrete", n: 3, start: 0 }, /actionSpace/],
    ["state.rollout.actions", new Float32Array(16).fill(-1), /rollout\.actions/],
    ["state.collector.step", 99, /collector\.step/],
    ["state.collector.states", new Float32Array(7), /collector/],
    ["state.counters.timesteps", -1, /counters\.timesteps/],
    ["state.rewardScaler.statistics.variance", Float64Array.of(-1), /rewardScaler/],
    ["state.env.envs", [], /env/],
    ["state.run.goal.totalTimesteps", -5, /run\.goal/],
  ])("with %s = %o is rejected", async (path, value, message) => {
    expect((await refused("PPO", { [path]: value })).message).toMatch(message);
  });
});

describe("a crafted checkpoint of DQN", () => {
  const memory = async () => (await saved("DQN")).state.memory as Record<string, StateTree>;
  it.each<[string, StateTree, RegExp]>([
    ["config.hyperparameters.capacity", 1e12, /capacity/],
    ["config.hyperparameters.capacity", 2 ** 31 - 1, /priorities/],
    ["config.hyperparameters.batchSize", 1e9, /batchSize/],
    ["config.hyperparameters.gradientSteps", 1e9, /gradientSteps/],
    ["config.hyperparameters.prioritized", { beta: { kind: "module", path: "x" } }, /prioritized/],
    ["state.memory.heads", Int32Array.of(-1), /memory.*heads/],
    ["state.memory.heads", Int32Array.of(63), /memory.*heads/],
    ["state.memory.ready", 0, /memory.*ready/],
    ["state.memory.highest", Number.NaN, /memory.*highest/],
    ["state.observations", new Float32Array(3), /observations/],
  ])("with %s = %o is rejected", async (path, value, message) => {
    expect((await refused("DQN", { [path]: value })).message).toMatch(message);
  });

  it("with invalid actions, priorities or flags is rejected", async () => {
    const { actions, priorities, flags } = await memory();
    const list = (actions as Int32Array[])[0].fill(-1);
    expect((await refused("DQN", { "state.memory.actions": [list] })).message).toMatch(
      /memory\.actions\.0.*-1/,
    );
    const below = (priorities as Float64Array).map((priority) => -priority);
    expect((await refused("DQN", { "state.memory.priorities": below })).message).toMatch(/priorities/);
    const unready = (flags as Uint8Array[])[0].map((bits) => bits & 15);
    expect((await refused("DQN", { "state.memory.flags": [unready] })).message).toMatch(/ready/);
  });

  it("without its memory cannot cause large trees to be allocated", async () => {
    const error = await refused("DQN", {
      "state.memory": null,
      "config.hyperparameters.saveReplayMemory": false,
      "config.hyperparameters.capacity": 2 ** 30,
    });
    expect(error.message).toMatch(/capacity again/);
  });
});

describe("a crafted checkpoint of cloning", () => {
  it.each<[string, StateTree | undefined, RegExp]>([
    ["state.batches.position", undefined, /batches/],
    ["state.batches.position", -1, /batches/],
    ["state.batches.seed", "1", /batches/],
    ["state.batches", null, /batches/],
    ["state.updates", "many", /updates/],
    ["state.sums", { loss: 1 }, /sums/],
    ["state.untold", { "train/loss": "low" }, /untold/],
    ["config.hyperparameters.classWeights", "heavy", /classWeights/],
    ["config.hyperparameters.classWeights", [1, 2], /classWeights/],
    ["config.hyperparameters.mirrorActions", [0.5], /mirrorActions/],
    ["config.hyperparameters.batchSize", 0, /batchSize/],
    ["config.model.config.observationShape", 5, /config\.model/],
    ["config.model.config.numActions", "4", /config\.model/],
    ["config.model.config.encoder", "node:fs", /config\.model/],
  ])("with %s = %o is rejected", async (path, value, message) => {
    expect((await refused("cloning", { [path]: value })).message).toMatch(message);
  });
});

describe("options of an environment in a checkpoint", () => {
  const options = { ...ppo, env: "Program-v0" };

  it("are restored when they are declared, and must be passed again otherwise", async () => {
    const store = new MemoryCheckpointStore();
    for (const [name, envOptions] of Object.entries({
      plain: { maxEpisodeSteps: 30 },
      program: { python: program },
    })) {
      const trainer = new PPOTrainer({ ...options, envOptions });
      await trainer.save({ store, name });
      await trainer.close();
    }
    started.mockClear();
    await (await PPOTrainer.resume({ store, name: "plain" })).close();
    const { config } = await decodeCheckpoint(await store.read("program"));
    expect(JSON.stringify(config)).not.toContain(program);
    const place = { store, name: "program" };
    await expect(PPOTrainer.resume(place)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      argument: "envOptions",
    });
    expect(started).not.toHaveBeenCalled();
    await (await PPOTrainer.resume(place, { envOptions: { python: "python3" } })).close();
    expect(started).toHaveBeenCalledWith("python3");
  });

  it.each<StateRecord>([{ python: "/tmp/evil" }, { maxEpisodeSteps: { path: "x" } }, { __proto__own: 1 }])(
    "that are not declared but present in the file, %o, are not used",
    async (envOptions) => {
      started.mockClear();
      const parts = await saved("PPO");
      set(parts, "config.env", "Program-v0");
      set(parts, "config.envOptions", envOptions);
      await expect(PPOTrainer.resume(await placed(parts))).rejects.toMatchObject({ argument: "envOptions" });
      const player = await PPOTrainer.load(await placed(parts)); // can predict, without environments
      await expect(player.learn({ totalTimesteps: 1 })).rejects.toThrow(/envOptions/);
      await player.close();
      expect(started).not.toHaveBeenCalled();
    },
  );
});

describe("random mutants", () => {
  it.each(targets)(
    "of a $name: each of 30 throws a typed error or gives a working trainer",
    async (target) => {
      const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
      const random = new Random(3);
      await target.prepare();
      for (let i = 0; i < 30; i++) await target.run(target.mutate(() => random.uniform()));
      expect((globalThis as { ran?: boolean }).ran).toBeUndefined();
      warn.mockRestore();
    },
  );
});
