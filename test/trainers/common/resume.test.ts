import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { Random } from "../../../src/core/random.js";
import { MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { type PPOOptions, PPOTrainer } from "../../../src/trainers/index.js";
import { resumeElsewhere } from "../other-processes.js";
import { type Outcome, type Scenario, scenarios, totalTimesteps, train } from "../resume-scenario.js";

beforeAll(() => useBackend("wasm"));

describe.each(Object.keys(scenarios) as Scenario[])("PPO, %s", (scenario) => {
  let whole: Outcome;
  beforeAll(async () => {
    whole = await train(scenario);
  });

  it("the scenario covers episodes, evaluations, and an update at the end", () => {
    expect(whole.rows).toHaveLength(16);
    expect(whole.rows.filter(([, row]) => "eval/mean_reward" in row).length).toBeGreaterThan(3);
    expect(whole.rows.at(-1)?.[1]["train/learning_rate"]).toBeCloseTo(1e-3 * (1 - 480 / 487), 8);
  });

  const random = new Random(17);
  const stops = Array.from({ length: 10 }, () => 1 + random.integer(totalTimesteps));
  it.each([...stops, 48, 96])(
    "stopped after step %i and resumed: the results are equal bit for bit",
    async (stopAt) => {
      const place = { store: new MemoryCheckpointStore(), name: "stopped" };
      const first = await train(scenario, { stopAt, to: place });
      const second = await train(scenario, { from: place });
      expect(second.state).toEqual(whole.state);
      expect([...first.rows, ...second.rows]).toEqual(whole.rows);
    },
  );

  it("interrupted three times: the results are equal", async () => {
    const store = new MemoryCheckpointStore();
    const rows: Outcome["rows"] = [];
    let last: Outcome | undefined;
    for (const [i, stopAt] of [100, 101, 333, Number.POSITIVE_INFINITY].entries()) {
      const from = i === 0 ? undefined : { store, name: String(i) };
      last = await train(scenario, { from, stopAt, to: { store, name: String(i + 1) } });
      rows.push(...last.rows);
    }
    expect(last?.state).toEqual(whole.state);
    expect(rows).toEqual(whole.rows);
  });

  it("resumed in another process: the results are equal", async () => {
    const { callbacks, ...expected } = whole.state;
    expect(callbacks).toBeDefined();
    expect(await resumeElsewhere("ppo", scenario, 130)).toEqual(expected);
  });
});

describe("PPOTrainer.resume", () => {
  const small = { ...scenarios["feed-forward"], numSteps: 4, batchSize: 12 };
  const save = async (options: ConstructorParameters<typeof PPOTrainer>[0]) => {
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const trainer = new PPOTrainer(options);
    await trainer.save(place);
    await trainer.close();
    return place;
  };

  it("requires the options that a checkpoint cannot contain", async () => {
    const place = await save({ ...small, wrapper: (env) => env });
    await expect(PPOTrainer.resume(place)).rejects.toThrow(/wrapper.*give it again/);
    const resumed = await PPOTrainer.resume(place, { wrapper: (env) => env });
    expect(resumed.hyperparameters.numSteps).toBe(4);
    await resumed.close();
    class Own extends MlpActorCritic {}
    const own: PPOOptions["model"] = (spaces) => new Own({ ...spaces, hiddenUnits: [4] });
    const withOwn = await save({ ...small, model: own });
    await expect(PPOTrainer.resume(withOwn)).rejects.toThrow(/model.*give it again/);
    await (await PPOTrainer.resume(withOwn, { model: own })).close();
  });

  it("does nothing when the goal was reached, unless another one is given", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const trainer = new PPOTrainer(small);
    await trainer.learn({ totalTimesteps: 24 });
    await trainer.save(place);
    await trainer.close();
    const resumed = await PPOTrainer.resume(place);
    await resumed.learn();
    expect(resumed.numTimesteps).toBe(24);
    await resumed.learn({ totalTimesteps: 12 });
    expect(resumed.numTimesteps).toBe(36);
    await resumed.close();
  });

  it("load continues with a new goal", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const trainer = new PPOTrainer(small);
    await trainer.learn({ totalTimesteps: 24, callbacks: [{ onStep: (p) => p.numTimesteps < 15 }] });
    await trainer.save(place);
    await trainer.close();
    const loaded = await PPOTrainer.load(place);
    await expect(loaded.learn()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await loaded.learn({ totalTimesteps: 24 });
    expect(loaded.numTimesteps).toBe(48); // 15 + 24, and the rollout is finished
    await loaded.close();
  });
});
