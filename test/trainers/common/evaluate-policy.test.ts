import { beforeAll, describe, expect, it } from "vitest";
import { make } from "../../../src/envs/registry.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { evaluatePolicy, type Policy } from "../../../src/trainers/common/evaluate-policy.js";
import { PPOTrainer } from "../../../src/trainers/ppo/ppo-trainer.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/index.js";
import { CountingEnv } from "../../vector/counting-env.js";

beforeAll(async () => void (await useBackend("wasm")));

const small = { env: "CartPole-v1", numEnvs: 2, numSteps: 16, batchSize: 8, nEpochs: 4, seed: 3 } as const;
const trainers = { PPO: () => new PPOTrainer(small) };

/** Plays 0 everywhere and notes what it was asked. */
function noting() {
  const starts: number[][] = [];
  const policy: Policy = {
    async predict(observations, { episodeStart, state, deterministic } = {}) {
      const batch = observations.length / 3;
      starts.push(Array.from(episodeStart as ArrayLike<number>));
      expect([deterministic, state?.length ?? 0]).toEqual([true, starts.length === 1 ? 0 : batch]);
      return { actions: new Int32Array(batch), action: 0, state: new Float32Array(batch) };
    },
  };
  return { policy, starts };
}

describe("evaluatePolicy", () => {
  it("accepts an id and a single environment", async () => {
    const trainer = trainers.PPO();
    const options = { numEpisodes: 3, seed: 5 };
    using env = make("CartPole-v1");
    const single = await evaluatePolicy(trainer, env, options);
    const byId = await evaluatePolicy(trainer, "CartPole-v1", options);
    expect(byId.returns).toEqual(single.returns);
    expect(single.returns).toHaveLength(3);
    await trainer.close();
  });

  it("rejects with the signal's reason", async () => {
    const trainer = trainers.PPO();
    const controller = new AbortController();
    const evaluation = evaluatePolicy(trainer, "CartPole-v1", {
      numEpisodes: 1e6,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new Error("enough")), 30);
    await expect(evaluation).rejects.toThrow("enough");
    await trainer.close();
  });

  it.each([
    [[undefined, "CartPole-v1"], /policy: expected a trainer/],
    [[{ predict: async () => ({}) }, {}], /env: expected a vector environment, an environment or an id/],
    [[{ predict: async () => ({}) }, "CartPole-v1", { n_eval_episodes: 3 }], /did you mean numEpisodes/],
  ])("rejects %j", async (given, message) => {
    await expect(evaluatePolicy(...(given as Parameters<typeof evaluatePolicy>))).rejects.toThrow(message);
  });

  it("plays the episodes on all environments alike, and tells where one starts", async () => {
    // Episodes of 2 and of 5 steps: a count over all of them would have more of the short ones.
    const env = new SyncVectorEnv(
      [2, 5].map((length) => () => new RecordEpisodeStatistics(new CountingEnv({ length }))),
    );
    const { policy, starts } = noting();
    const { returns, lengths, meanReturn, stdReturn } = await evaluatePolicy(policy, env, {
      numEpisodes: 4,
      seed: 1,
    });
    expect([...lengths].sort()).toEqual([2, 2, 5, 5]);
    const mean = returns.reduce((sum, value) => sum + value, 0) / 4;
    expect(meanReturn).toBeCloseTo(mean, 9);
    expect(stdReturn).toBeCloseTo(
      Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4),
      9,
    );
    expect(starts.slice(0, 3)).toEqual([
      [1, 1],
      [0, 0],
      [1, 0],
    ]);
    await env.close();
  });
});
