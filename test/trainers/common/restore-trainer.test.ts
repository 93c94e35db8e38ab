import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  type CheckpointPlace,
  decodeCheckpoint,
  MemoryCheckpointStore,
  writeCheckpoint,
} from "../../../src/checkpoints/index.js";
import { MissingDependencyError, NcpsError } from "../../../src/core/errors.js";
import type { StateRecord } from "../../../src/core/state.js";
import type { Env } from "../../../src/envs/env.js";
import { make, register } from "../../../src/envs/registry.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../src/node/index.js";
import { MlpActorCritic } from "../../../src/models/index.js";
import {
  type DQNOptions,
  DQNTrainer,
  type PPOOptions,
  PPOTrainer,
  type Trainer,
} from "../../../src/trainers/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { TimeLimit } from "../../../src/wrappers/index.js";

beforeAll(() => useBackend("wasm"));

const ppo: PPOOptions = {
  env: "CartPole-v1",
  numEnvs: 2,
  numSteps: 8,
  batchSize: 8,
  nEpochs: 1,
  seed: 1,
  normalizeObservation: true,
  normalizeReward: true,
};
const dqn: DQNOptions = {
  env: "CartPole-v1",
  numEnvs: 2,
  seed: 1,
  capacity: 64,
  learningStarts: 8,
  batchSize: 8,
  prioritized: {},
};
const observation = Float32Array.of(0.01, -0.02, 0.03, 0.04);
const best = async (trainer: Trainer) => (await trainer.predict(observation, { deterministic: true })).action;

async function save(
  trainer: PPOTrainer | DQNTrainer,
  steps = 40,
): Promise<{ place: CheckpointPlace; action: unknown }> {
  const place = { store: new MemoryCheckpointStore(), name: "run" };
  await trainer.learn({
    totalTimesteps: 100,
    callbacks: [{ onStep: ({ numTimesteps }) => numTimesteps < steps }],
  });
  await trainer.save(place);
  const action = await best(trainer);
  await trainer.close();
  return { place, action };
}

// As in a process that has not registered the id.
async function renamed({ store, name }: CheckpointPlace, id: string): Promise<CheckpointPlace> {
  const whole = await decodeCheckpoint(await store.read(name));
  await writeCheckpoint(store, "elsewhere", { ...whole, config: { ...whole.config, env: id } });
  return { store, name: "elsewhere" };
}

const kinds = {
  PPO: {
    make: (more: Partial<PPOOptions> = {}) => new PPOTrainer({ ...ppo, ...more }),
    load: (place: CheckpointPlace, options?: Partial<PPOOptions>) => PPOTrainer.load(place, options),
    resume: (place: CheckpointPlace, options?: Partial<PPOOptions>) => PPOTrainer.resume(place, options),
  },
  DQN: {
    make: (more: Partial<DQNOptions> = {}) => new DQNTrainer({ ...dqn, ...more }),
    load: (place: CheckpointPlace, options?: Partial<DQNOptions>) => DQNTrainer.load(place, options),
    resume: (place: CheckpointPlace, options?: Partial<DQNOptions>) => DQNTrainer.resume(place, options),
  },
};

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])("a trained policy of %s", (name) => {
  const kind = kinds[name];

  it("loads without its environments, predicts the same, and throws on learn", async () => {
    const { place, action } = await save(kind.make());
    const elsewhere = await renamed(place, "Elsewhere-v0");
    await expect(kind.resume(elsewhere)).rejects.toMatchObject({ code: "NOT_REGISTERED" });
    const player = await kind.load(elsewhere);
    expect(await best(player)).toBe(action);
    await expect(player.learn({ totalTimesteps: 8 })).rejects.toMatchObject({
      code: "INVALID_STATE",
      message: expect.stringMatching(
        /no environment is registered as "Elsewhere-v0".*load it again with env/s,
      ),
    });
    await player.close();
  });

  it("saved again without its environments can be resumed with them, bit for bit", async () => {
    const { place } = await save(kind.make());
    const elsewhere = await renamed(place, "Elsewhere-v0");
    const player = await kind.load(elsewhere);
    await player.save({ store: place.store, name: "copy" });
    await player.close();
    const copy = await renamed({ store: place.store, name: "copy" }, "CartPole-v1");
    const states: StateRecord[] = [];
    for (const from of [place, copy]) {
      const trainer = await kind.load(from);
      await trainer.learn({ totalTimesteps: 30 });
      const { run, ...state } = trainer.getState();
      states.push(state);
      await trainer.close();
    }
    expect(states[1]).toEqual(states[0]);
  });

  it("loads where its environments need something that is not installed", async () => {
    let installed = true;
    register("Python-v0", () => {
      if (installed) return make("CartPole-v1");
      throw new MissingDependencyError("no Python");
    });
    const { place, action } = await save(kind.make({ env: "Python-v0" }));
    installed = false;
    const player = await kind.load(place);
    expect(await best(player)).toBe(action);
    await expect(player.learn({ totalTimesteps: 1 })).rejects.toThrow(/no Python/);
    await player.close();
  });

  it("loads without a custom wrapper or environments, which resume requires", async () => {
    const wrapped = await save(
      kind.make({ wrapper: (env: Env) => new TimeLimit(env, { maxEpisodeSteps: 30 }) } as never),
    );
    await expect(kind.resume(wrapped.place)).rejects.toMatchObject({ argument: "wrapper" });
    const player = await kind.load(wrapped.place);
    expect(await best(player)).toBe(wrapped.action);
    await expect(player.learn({ totalTimesteps: 1 })).rejects.toThrow(/wrapper.*give it again/);
    await player.close();
    const env = makeVecEnv("CartPole-v1", { numEnvs: 3 });
    const own = await save(kind.make({ env }));
    await expect(kind.resume(own.place)).rejects.toMatchObject({ argument: "env" });
    const second = await kind.load(own.place);
    expect([second.env.numEnvs, await best(second)]).toEqual([3, own.action]);
    await second.close();
  });

  it.each([1, 5])("continues with %i environments, which start new episodes", async (numEnvs) => {
    const { place, action } = await save(kind.make());
    for (const options of [{ numEnvs }, { env: makeVecEnv("CartPole-v1", { numEnvs }) }]) {
      for (const way of ["load", "resume"] as const) {
        if (way === "resume" && "env" in options) continue; // closed with the previous trainer
        const trainer = await kind[way](place, options);
        expect([trainer.env.numEnvs, trainer.numTimesteps, await best(trainer)]).toEqual([
          numEnvs,
          40,
          action,
        ]);
        await trainer.learn({ totalTimesteps: 5 * numEnvs });
        expect(trainer.numTimesteps).toBeGreaterThanOrEqual(40 + 5 * numEnvs);
        await trainer.close();
      }
    }
  });

  it("continues with environments of another kind, and warns that they start new episodes", async () => {
    const { place } = await save(kind.make());
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const wrapper: PPOOptions["wrapper"] = (env) => new TimeLimit(env, { maxEpisodeSteps: 20 });
    const trainer = await kind.resume(place, { wrapper });
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/do not take the saved state.*begin new episodes/),
    );
    await trainer.learn({ totalTimesteps: 64 });
    await trainer.close();
    warn.mockClear();
    const same = await kind.resume(place, { env: makeVecEnv("CartPole-v1", { numEnvs: 2 }) });
    expect(warn).not.toHaveBeenCalled();
    expect(same.getState().env).toEqual((await decodeCheckpoint(await place.store.read("run"))).state.env);
    await same.close();
    warn.mockRestore();
  });

  it("rejects environments with other spaces", async () => {
    const { place } = await save(kind.make());
    await expect(kind.load(place, { env: "CartPoleNoVel-v1" })).rejects.toMatchObject({
      code: "CHECKPOINT",
      message: expect.stringMatching(/observationSpace: expected Box of float32 \[4\], received .*\[2\]/),
    });
    for (const env of ["Pendulum-v1", "Arcade/Breakout-v0"]) {
      await expect(kind.load(place, { env })).rejects.toBeInstanceOf(NcpsError);
    }
  });
});

describe("PPOTrainer.resume", () => {
  it("with several learners requires the module of their model again", async () => {
    class Own extends MlpActorCritic {}
    const model: PPOOptions["model"] = (spaces) => new Own({ ...spaces, hiddenUnits: [4] });
    const learnerModel = { module: "./own-model.js", export: "makeModel" };
    const { place } = await save(new PPOTrainer({ ...ppo, model, learnerModel }));
    const { config } = await decodeCheckpoint(await place.store.read("run"));
    expect(JSON.stringify(config)).not.toContain("own-model");
    await expect(PPOTrainer.resume(place, { model, learners: 2 })).rejects.toMatchObject({
      argument: "learnerModel",
    });
    await (await PPOTrainer.resume(place, { model })).close();
  });
});
