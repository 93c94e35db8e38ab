import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import type { InvalidStateError } from "../../../src/core/errors.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import type { StepProgress, TrainerCallback } from "../../../src/trainers/callbacks/callback.js";
import { EvalCallback } from "../../../src/trainers/callbacks/index.js";
import { DQNTrainer } from "../../../src/trainers/dqn/dqn-trainer.js";
import { PPOTrainer } from "../../../src/trainers/ppo/ppo-trainer.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { CountingEnv } from "../../vector/counting-env.js";

beforeAll(async () => void (await useBackend("wasm")));

const small = { env: "CartPole-v1", numEnvs: 2, numSteps: 16, batchSize: 8, nEpochs: 4, seed: 3 } as const;
const dqn = {
  env: "CartPole-v1",
  learningStarts: 8,
  stepsPerIteration: 16,
  capacity: 500,
  seed: 3,
} as const;
const trainers = { PPO: () => new PPOTrainer(small), DQN: () => new DQNTrainer(dqn) };

const collected = () => {
  const rows: [number, LogRow][] = [];
  return { rows, logger: new Logger([{ write: (row, step) => void rows.push([step, row]) }]) };
};

/** Reports at the end of each episode whether it succeeded: every second one does. */
const succeeding = () =>
  new SyncVectorEnv(
    [0, 1].map(() => () => {
      let episodes = 0;
      return new CountingEnv({
        change: (result) =>
          result.terminated ? { ...result, info: { is_success: ++episodes % 2 === 0 } } : result,
      });
    }),
  );

describe("learn", () => {
  it("yields to the event loop within an update", async () => {
    const trainer = new PPOTrainer({ ...small, numSteps: 64, batchSize: 2, nEpochs: 3 });
    let [within, inUpdate] = [0, false];
    const timer = setInterval(() => {
      if (inUpdate) within++;
    }, 1);
    const callbacks: TrainerCallback = {
      onRolloutEnd: () => {
        inUpdate = true;
      },
      onUpdateEnd: () => {
        inUpdate = false;
      },
    };
    await trainer.learn({ totalTimesteps: 128, callbacks });
    clearInterval(timer);
    await trainer.close();
    expect(within).toBeGreaterThan(2);
  });

  it("a save from outside waits for the end of the update, so that resuming is exact", async () => {
    const options = { ...small, numSteps: 64, batchSize: 2 };
    const store = new MemoryCheckpointStore();
    const trainer = new PPOTrainer(options);
    let saved: Promise<string> | undefined;
    const whole = collected();
    await trainer.learn({
      totalTimesteps: 384,
      logger: whole.logger,
      callbacks: {
        onRolloutEnd: ({ iterations }) => {
          // Called in the middle of the second update.
          if (iterations === 1) {
            setImmediate(() => {
              saved = trainer.save({ store, name: "run" });
            });
          }
        },
      },
    });
    await saved;
    const resumed = await PPOTrainer.resume({ store, name: "run" });
    expect(resumed.iterations).toBe(2);
    const rest = collected();
    await resumed.learn({ logger: rest.logger });
    expect(rest.rows.map(([step]) => step)).toEqual([256, 384]);
    expect(rest.rows.at(-1)?.[1]["train/loss"]).toBe(whole.rows.at(-1)?.[1]["train/loss"]);
    expect(await resumed.getParameters()).toEqual(await trainer.getParameters());
    await trainer.close();
    await resumed.close();
  });

  it("logs every evaluation at its own step, including the one that ends the training", async () => {
    const trainer = new PPOTrainer(small);
    const evalEnv = makeVecEnv("CartPole-v1", { numEnvs: 1 });
    const { rows, logger } = collected();
    let evaluations = 0;
    const evaluation = new EvalCallback({
      evalEnv,
      evalFreq: 10,
      numEpisodes: 1,
      seed: 1,
      callbackAfterEval: { onEvaluation: () => ++evaluations < 5 },
    });
    await trainer.learn({ totalTimesteps: 1000, logger, callbacks: evaluation });
    const evaluated = rows.filter(([, row]) => "eval/mean_reward" in row);
    expect(evaluated.map(([step]) => step)).toEqual([10, 20, 30, 40, 50]);
    expect(evaluated.map(([, row]) => row["time/total_timesteps"])).toEqual([10, 20, 30, 40, 50]);
    expect(rows.filter(([, row]) => "train/loss" in row).map(([step]) => step)).toEqual([32]);
    await trainer.close();
    await evalEnv.close();
  });

  it.each(Object.entries(trainers))("of %s passes the data of each step to callbacks", async (_, made) => {
    const trainer = made();
    const steps: Pick<StepProgress, "rewards" | "actions" | "infos">[] = [];
    await trainer.learn({
      totalTimesteps: 8,
      callbacks: ({ rewards, actions, infos, terminated, truncated, observations, finalObservations }) => {
        const { numEnvs } = trainer.env;
        expect([rewards.length, actions.length, infos.length]).toEqual([numEnvs, numEnvs, numEnvs]);
        expect([terminated.length, truncated.length]).toEqual([numEnvs, numEnvs]);
        expect([observations.length, finalObservations.length]).toEqual([4 * numEnvs, numEnvs]);
        steps.push({ rewards, actions, infos });
      },
    });
    expect(steps.length).toBeGreaterThan(3);
    await trainer.close();
  });

  it("logs the success rate reported by infos, and keeps it in checkpoints", async () => {
    const { rows, logger } = collected();
    const trainer = new PPOTrainer({ ...small, env: succeeding() });
    const evalEnv = succeeding();
    const evaluation = new EvalCallback({ evalEnv, evalFreq: 32, numEpisodes: 8 });
    await trainer.learn({ totalTimesteps: 32, logger, callbacks: [evaluation] });
    const [evaluated, updated] = rows.map(([, row]) => row);
    expect(evaluated["eval/success_rate"]).toBe(0.5);
    expect(updated["rollout/success_rate"]).toBeCloseTo(0.4); // 5 episodes each, the 2nd and the 4th succeeded
    expect((trainer.getState().episodes as { successes: number[] }).successes).toHaveLength(10);
    await trainer.close();
    await evalEnv.close();
  });

  it("ends cleanly when its signal is aborted, and can be resumed exactly", async () => {
    const store = new MemoryCheckpointStore();
    const whole = new PPOTrainer(small);
    await whole.learn({ totalTimesteps: 96 });
    const trainer = new PPOTrainer(small);
    const controller = new AbortController();
    await trainer.learn({
      totalTimesteps: 96,
      signal: controller.signal,
      callbacks: ({ numTimesteps }) => {
        if (numTimesteps === 42) controller.abort();
      },
    });
    expect(trainer.numTimesteps).toBe(42);
    await trainer.save({ store, name: "run" });
    const resumed = await PPOTrainer.resume({ store, name: "run" });
    await resumed.learn();
    expect(await resumed.getParameters()).toEqual(await whole.getParameters());
    for (const each of [whole, trainer, resumed]) await each.close();
  });

  it.each(Object.entries(trainers))("of %s starts counting again with resetNumTimesteps", async (_, made) => {
    const trainer = made();
    await trainer.learn({ totalTimesteps: 32 });
    await trainer.learn({ totalTimesteps: 32 });
    expect(trainer.numTimesteps).toBe(64);
    await trainer.learn({ totalTimesteps: 32, resetNumTimesteps: true });
    expect(trainer.numTimesteps).toBe(32);
    await trainer.close();
  });
});

describe("rows", () => {
  it.each(Object.entries(trainers))(
    "of %s trains row by row, and stops when the loop is left",
    async (_, made) => {
      const trainer = made();
      const seen: number[] = [];
      let ended = false;
      const callbacks: TrainerCallback = {
        onTrainingEnd: () => {
          ended = true;
        },
      };
      for await (const row of trainer.rows({ totalTimesteps: 1000, callbacks })) {
        seen.push(row["time/iterations"]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(trainer.iterations).toBe(seen.length); // training waits for the loop body
        if (seen.length === 3) break;
      }
      expect([seen, ended, trainer.iterations]).toEqual([[1, 2, 3], true, 3]);
      const all = [];
      for await (const row of trainer.rows({ totalTimesteps: 64 })) all.push(row);
      expect(all.length).toBeGreaterThan(1);
      await trainer.close();
    },
  );

  it("throws the error that ends the training", async () => {
    const trainer = trainers.PPO();
    const loop = async () => {
      for await (const _ of trainer.rows({
        totalTimesteps: 64,
        callbacks: { onUpdateEnd: () => Promise.reject(new Error("broken")) },
      }));
    };
    await expect(loop()).rejects.toThrow("broken");
    await trainer.close();
  });
});

describe("A trainer", () => {
  it.each(Object.entries(trainers))("%s throws InvalidStateError when it is closed", async (_, made) => {
    const trainer = made();
    {
      await using inside = trainer;
      await inside.learn({ totalTimesteps: 2 });
    }
    const closed = { code: "INVALID_STATE", message: expect.stringContaining("on a closed trainer") };
    const calls = [
      trainer.predict(new Float32Array(4)),
      trainer.learn({ totalTimesteps: 2 }),
      trainer.getParameters(),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject(closed as Partial<InvalidStateError>);
    await trainer.close();
  });

  it.each(Object.entries(trainers))("%s accepts the weights of another trainer", async (_, made) => {
    const [first, second] = [made(), made()];
    await first.learn({ totalTimesteps: 64 });
    second.setParameters(await first.getParameters());
    const observation = Float32Array.of(0.1, 0, -0.1, 0.2);
    const [a, b] = await Promise.all(
      [first, second].map((each) => each.predict(observation, { deterministic: true })),
    );
    expect(b.action).toBe(a.action);
    expect(await second.getParameters()).toEqual(await first.getParameters());
    expect(() => second.setParameters({})).toThrow(/is missing/);
    await first.close();
    await second.close();
  });

  it.each([
    [undefined, /expected an object of options \{ env, .*received undefined/],
    ["MlpPolicy", /received "MlpPolicy"/],
    [{ env: "CartPole-v1", n_steps: 16 }, /did you mean numSteps\?/],
    [{ env: "CartPole-v1", policy: "MlpPolicy" }, /the network is the option model/],
    [{ env: "CartPole-v1", verbose: 1 }, /option of learn\(\)/],
    [{ env: "CartPole-v1", numSteps: "16" }, /received "16"/],
  ])("rejects the options %j", (options, message) => {
    expect(() => new PPOTrainer(options as never)).toThrow(message);
    expect(() => new PPOTrainer(options as never)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
