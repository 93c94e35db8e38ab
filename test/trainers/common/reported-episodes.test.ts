import { expect, it } from "vitest";
import { EnvContractError } from "../../../src/core/errors.js";
import { make } from "../../../src/envs/registry.js";
import { ReportedEpisodes } from "../../../src/trainers/common/reported-episodes.js";
import { evaluatePolicy, type Policy, runClosedLoop } from "../../../src/trainers/index.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";

const left: Policy = {
  predict: async () => ({ actions: new Int32Array(2), action: 0, state: null }),
};

it("evaluatePolicy throws when no environment reports episodes, instead of waiting forever", async () => {
  const env = new SyncVectorEnv([() => make("CartPole-v1"), () => make("CartPole-v1")]);
  const { step } = env;
  // Like a user's vector environment that reports no episodes.
  env.step = async (actions) => ({ ...(await step.call(env, actions)), infos: [{}, {}] });
  const evaluation = evaluatePolicy(left, env, { numEpisodes: 2, seed: 1 });
  await expect(evaluation).rejects.toThrow(EnvContractError);
  await expect(evaluation).rejects.toThrow("RecordEpisodeStatistics");
});

it("runClosedLoop throws when numGames is given and no games are reported", async () => {
  await expect(runClosedLoop(left, make("CartPole-v1"), { numGames: 2 })).rejects.toThrow(EnvContractError);
  const { returns } = await runClosedLoop(left, make("CartPole-v1"), { numEpisodes: 120 });
  expect(returns).toHaveLength(120);
});

it("lives that end within a game do not count as unreported episodes", () => {
  const reported = new ReportedEpisodes(2);
  for (let i = 0; i < 500; i++) {
    reported.check(0, true, i % 50 === 49);
    reported.check(1, false, false);
  }
});
