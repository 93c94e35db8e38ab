import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../src/node/platform.js";
import { DQNTrainer, PPOTrainer } from "../../../src/trainers/index.js";

// Written before checkpoints contained spaces, and before their options were validated.
const fixtures = new URL("../../fixtures/checkpoints-before-rooms/", import.meta.url);
const expected = JSON.parse(readFileSync(new URL("expected.json", fixtures), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "old-checkpoints-"));

beforeAll(async () => {
  cpSync(fixtures, folder, { recursive: true });
  await useBackend("wasm");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The resumed training has reached its first goal; other limits set a new one.
const another = { load: {}, resume: { hours: 1000 } };

function sumOf(variables: ReadonlyMap<string, tf.Variable>): number {
  let sum = 0;
  for (const variable of variables.values()) for (const value of variable.dataSync()) sum += Math.abs(value);
  return sum;
}

describe("checkpoints of early versions", () => {
  it.each(["load", "resume"] as const)(
    "of PPO are restored by %s and continue as they did with that version",
    async (way) => {
      const trainer = await PPOTrainer[way](join(folder, "ppo-cfc"));
      expect(trainer.numTimesteps).toBe(expected.ppo.timesteps);
      expect(sumOf(trainer.model.variables)).toBeCloseTo(expected.ppo.weights, 6);
      await trainer.learn({ totalTimesteps: 128, ...another[way] });
      expect(trainer.numTimesteps).toBe(expected.ppo.after.timesteps);
      expect(sumOf(trainer.model.variables)).toBeCloseTo(expected.ppo.after.weights, 6);
      await trainer.close();
    },
  );

  it.each(["load", "resume"] as const)(
    "of DQN are restored by %s and continue as they did with that version",
    async (way) => {
      const trainer = await DQNTrainer[way](join(folder, "dqn-memory"));
      expect(trainer.numTimesteps).toBe(expected.dqn.timesteps);
      expect(sumOf(trainer.model.variables)).toBeCloseTo(expected.dqn.weights, 6);
      await trainer.learn({ totalTimesteps: 100, ...another[way] });
      expect(trainer.numTimesteps).toBe(expected.dqn.after.timesteps);
      expect(sumOf(trainer.model.variables)).toBeCloseTo(expected.dqn.after.weights, 6);
      await trainer.close();
    },
  );
});
