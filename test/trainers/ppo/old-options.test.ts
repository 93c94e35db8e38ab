import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { PPOTrainer, ppoDefaults } from "../../../src/trainers/index.js";
import { upgradeCounters, upgradeOptions } from "../../../src/trainers/ppo/old-options.js";
import "../../../src/node/index.js";

const old = { valueClip: "none", valueLossScale: null, clipRangeVf: null, targetKl: 0.01, vfCoef: 0.5 };

describe("upgradeOptions and upgradeCounters for checkpoints from before SB3's meanings", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("keep the factor of the value loss", () => {
    expect(upgradeOptions("ppo", old)).toMatchObject({ valueLossScale: 0.5 });
    expect(upgradeOptions("ppo", { ...old, valueClip: "value-change" })).toMatchObject({
      valueLossScale: 0.5,
    });
    expect(upgradeOptions("ppo", { ...old, valueClip: "squared-error" })).toMatchObject({
      valueLossScale: 1,
    });
    expect(upgradeOptions("ppo", { ...old, valueLossScale: 2 })).toMatchObject({ valueLossScale: 2 });
  });

  it("check the target KL after an epoch, and clip no values that were not clipped", () => {
    const read = upgradeOptions("ppo", { ...old, clipRangeVf: 0.3 });
    expect(read).toMatchObject({ targetKl: 0.01, targetKlCheck: "epoch", clipRangeVf: null });
  });

  it("return current options, and those of other trainers, unchanged", () => {
    const today = { ...ppoDefaults } as never;
    expect(upgradeOptions("ppo", today)).toEqual(today);
    expect(upgradeOptions("dqn", old)).toEqual(old);
  });

  it("derive the number of epochs from the number of updates", () => {
    expect(upgradeCounters({ timesteps: 9, updates: 3 }, { nEpochs: 4 })).toEqual({
      timesteps: 9,
      updates: 3,
      epochs: 12,
    });
    expect(upgradeCounters({ updates: 3, epochs: 5 }, { nEpochs: 4 })).toEqual({ updates: 3, epochs: 5 });
    expect(upgradeCounters(null, { nEpochs: 4 })).toBeNull();
  });

  it("let an old run reach the same weights as with its version", async () => {
    const folder = fileURLToPath(new URL("../../fixtures/checkpoints-before-rooms/", import.meta.url));
    const { ppo } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
    const trainer = await PPOTrainer.load(`${folder}/ppo-cfc`);
    const weights = () => {
      let sum = 0;
      for (const variable of trainer.model.variables.values()) {
        for (const value of variable.dataSync()) sum += Math.abs(value);
      }
      return sum;
    };
    expect(weights()).toBe(ppo.weights);
    await trainer.learn({ totalTimesteps: 128 });
    expect(trainer.numTimesteps).toBe(ppo.after.timesteps);
    // Recorded before gradient steps were compiled, which rounds otherwise.
    expect(weights()).toBeCloseTo(ppo.after.weights, 6);
    await trainer.close();
  });
});
