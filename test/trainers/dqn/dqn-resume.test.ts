import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  type CheckpointFiles,
  MemoryCheckpointStore,
  readCheckpoint,
} from "../../../src/checkpoints/index.js";
import { CheckpointError, InvalidStateError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { StateRecord } from "../../../src/core/state.js";
import { ReplayMemory } from "../../../src/memory/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { DQNTrainer } from "../../../src/trainers/index.js";
import { type Outcome, type Scenario, scenarios, totalTimesteps, train } from "../dqn-resume-scenario.js";
import { resumeElsewhere } from "../other-processes.js";

beforeAll(() => useBackend("wasm"));

describe.each(Object.keys(scenarios) as Scenario[])("DQN, %s", (scenario) => {
  let whole: Outcome;
  beforeAll(async () => {
    whole = await train(scenario);
  });

  it("the scenario covers episodes, evaluations, gradient steps, and a final partial row", () => {
    expect(whole.rows).toHaveLength(11);
    expect(whole.rows.at(-1)?.[1]["train/n_updates"]).toBeGreaterThan(80);
    expect(whole.rows.some(([, row]) => "eval/mean_reward" in row)).toBe(true);
    expect(whole.rows.at(-1)?.[1]["time/episodes"]).toBeGreaterThan(5);
  });

  const random = new Random(23);
  const stops = Array.from({ length: 20 }, () => 1 + random.integer(totalTimesteps));
  it.each([...new Set([...stops, 40, totalTimesteps])])(
    "stopped after step %i and resumed: the results are equal bit for bit",
    async (stopAt) => {
      const place = { store: new MemoryCheckpointStore(), name: "stopped" };
      const first = await train(scenario, { stopAt, to: place });
      const second = await train(scenario, { from: place });
      expect(second.state).toEqual(whole.state);
      expect([...first.rows, ...second.rows]).toEqual(whole.rows);
    },
  );

  it("resumed in another process: the results are equal bit for bit", async () => {
    const { callbacks, ...expected } = whole.state;
    expect(callbacks).toBeDefined();
    expect(expected.memory).not.toBeNull();
    expect(await resumeElsewhere("dqn", scenario, 133)).toEqual(expected);
  });

  it("another seed gives other results", async () => {
    const options = scenarios[scenario];
    const trainer = new DQNTrainer({ ...options, seed: 6 });
    await trainer.learn({ totalTimesteps });
    expect(trainer.getState().model).not.toEqual(whole.state.model);
    await trainer.close();
  });
});

describe("DQNTrainer.save", () => {
  it("saves the memory as it was at the call, although training does not wait for the save", async () => {
    const trainer = new DQNTrainer(scenarios["prioritized, three-step, overwritten memory"]);
    let memory: StateRecord | undefined;
    class SlowStore extends MemoryCheckpointStore {
      override async write(name: string, files: CheckpointFiles): Promise<string> {
        memory = structuredClone(trainer.memory.getState());
        await new Promise((resolve) => setTimeout(resolve, 200));
        return super.write(name, files);
      }
    }
    const store = new SlowStore();
    let saving: Promise<string> | undefined;
    const onStep = ({ numTimesteps }: { numTimesteps: number }) => {
      if (numTimesteps === 200) saving = trainer.save({ store, name: "run" });
    };
    await trainer.learn({ totalTimesteps: 260, callbacks: [{ onStep }] });
    await saving;
    const { state } = await readCheckpoint(store, "run");
    expect(state.memory).toEqual(memory);
    expect(trainer.memory.getState().frames).not.toEqual(memory?.frames);
    await trainer.close();
  });
});

describe("DQNTrainer.resume without the memory", () => {
  it("refills the memory before training", async () => {
    const { saveReplayMemory, ...options } = {
      ...scenarios["prioritized, three-step, overwritten memory"],
      saveReplayMemory: false,
    };
    const place = { store: new MemoryCheckpointStore(), name: "lean" };
    const trainer = new DQNTrainer({ ...options, saveReplayMemory });
    await trainer.learn({ totalTimesteps: 100 });
    const { gradientSteps } = trainer;
    await trainer.save(place);
    await trainer.close();
    const resumed = await DQNTrainer.load(place);
    expect(resumed.memory.size).toBe(0);
    await resumed.learn({ totalTimesteps: 30 });
    expect(resumed.gradientSteps).toBe(gradientSteps);
    await resumed.learn({ totalTimesteps: 30 });
    expect(resumed.gradientSteps).toBeGreaterThan(gradientSteps);
    await resumed.close();
  });

  it("requires the options that a checkpoint cannot contain", async () => {
    const options = scenarios["stacked, several environments, soft updates"];
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const trainer = new DQNTrainer(options);
    await trainer.save(place);
    await trainer.close();
    await expect(DQNTrainer.resume(place)).rejects.toThrow(/wrapper.*give it again/);
    const { wrapper, model } = options;
    const resumed = await DQNTrainer.resume(place, { wrapper, model });
    expect(resumed.hyperparameters.tau).toBe(0.1);
    await resumed.close();
  });
});

describe("DQNTrainer.load", () => {
  const make = async () => {
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const trainer = new DQNTrainer(scenarios["prioritized, three-step, overwritten memory"]);
    await trainer.learn({ totalTimesteps: 100 });
    await trainer.save(place);
    return { place, trainer };
  };

  it("leaves the memory in the checkpoint until it is needed", async () => {
    const { place, trainer } = await make();
    const observation = new Float32Array(4);
    const { action } = await trainer.predict(observation, { deterministic: true });
    const placed = vi.spyOn(ReplayMemory.prototype, "placeOf");
    const put = vi.spyOn(ReplayMemory.prototype, "setState");
    const loaded = await DQNTrainer.load(place);
    expect((await loaded.predict(observation, { deterministic: true })).action).toBe(action);
    expect([placed.mock.calls.length, put.mock.calls.length, loaded.memory.size]).toEqual([0, 0, 0]);
    expect(() => loaded.getState()).toThrow(InvalidStateError);
    expect(() => loaded.getState()).toThrow(/resume\(\)/);
    for (const each of [trainer, loaded]) await each.learn({ totalTimesteps: 30 });
    expect(placed.mock.calls.length).toBeGreaterThan(0);
    expect(put.mock.calls.length).toBe(1);
    const { run: _, ...expected } = trainer.getState();
    const { run: __, ...state } = loaded.getState();
    expect(state).toEqual(expected);
    vi.restoreAllMocks();
    await trainer.close();
    await loaded.close();
  });

  it("reads the memory to save it again", async () => {
    const { place, trainer } = await make();
    const loaded = await DQNTrainer.load(place);
    const copy = { store: place.store, name: "copy" };
    await Promise.all([loaded.save(copy), loaded.save({ ...copy, name: "another" })]);
    const whole = await readCheckpoint(place.store, "run");
    for (const name of ["copy", "another"]) {
      const again = await readCheckpoint(place.store, name);
      expect(again.state.memory).toEqual(whole.state.memory);
    }
    await trainer.close();
    await loaded.close();
  });

  it("does not learn with the memory of another checkpoint, nor without", async () => {
    const { place, trainer } = await make();
    const loaded = await DQNTrainer.load(place);
    await trainer.learn({ totalTimesteps: 10 });
    await trainer.save(place);
    await expect(loaded.learn({ totalTimesteps: 10 })).rejects.toThrow(CheckpointError);
    await expect(loaded.save({ ...place, name: "copy" })).rejects.toThrow(
      /"run": it was replaced.*load it again/,
    );
    const { action } = await loaded.predict(new Float32Array(4), { deterministic: true });
    expect([0, 1]).toContain(action);
    await place.store.remove("run");
    await expect(loaded.learn({ totalTimesteps: 10 })).rejects.toThrow(CheckpointError);
    await trainer.close();
    await loaded.close();
  });
});
