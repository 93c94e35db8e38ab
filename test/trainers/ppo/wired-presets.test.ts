import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  cartPoleNoVelLTCPPO,
  cartPoleNoVelWiredPPO,
  evaluatePolicy,
  PPOTrainer,
} from "../../../src/trainers/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";

beforeAll(() => useBackend("wasm"));

const env = "CartPoleNoVel-v1";
let trainer: PPOTrainer;
afterEach(() => trainer.close());

describe.each([
  ["cartPoleNoVelWiredPPO", cartPoleNoVelWiredPPO, "cfc/layer3/heads/kernel", 30_000],
  ["cartPoleNoVelLTCPPO", cartPoleNoVelLTCPPO, "ltc/sensory_erev", 50_000],
])("%s", (_, preset, weight, totalTimesteps) => {
  it("balances the pole much longer than a random policy after at most half of its steps", {
    timeout: 600_000,
  }, async () => {
    trainer = new PPOTrainer({ ...preset, env, seed: 2 });
    expect([...trainer.model.variables.keys()]).toContain(weight);
    await trainer.learn({ totalTimesteps });
    const games = makeVecEnv(env, { numEnvs: 10 });
    const { meanReturn } = await evaluatePolicy(trainer, games, { numEpisodes: 20, seed: 5 });
    await games.close();
    expect(meanReturn).toBeGreaterThan(100); // a random policy has about 22, a memory-less network about 45
  });

  it("sets vfCoef explicitly, independent of the default", () => {
    trainer = new PPOTrainer({ ...preset, env, seed: 0 });
    const { vfCoef, valueLossScale, normalizeAdvantage } = trainer.hyperparameters;
    expect([vfCoef, valueLossScale]).toEqual([0.5, 0.5]);
    expect(normalizeAdvantage).toMatchObject({ over: "minibatch", ddof: 1 });
  });
});
