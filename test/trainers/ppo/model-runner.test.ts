import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CfCActorCritic, MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { ModelRunner } from "../../../src/trainers/ppo/model-runner.js";

const spaces = {
  observationSpace: new Box({ low: -1, high: 1, shape: [3] }),
  actionSpace: new Discrete(2),
  seed: 1,
};
const observations = Float32Array.of(0.1, 0.2, 0.3, -0.1, -0.2, -0.3);

describe("ModelRunner", () => {
  beforeAll(() => useBackend("wasm"));

  it("runs a network for one step of a batch on plain arrays, and leaves no tensors", async () => {
    const model = new MlpActorCritic({ ...spaces, hiddenUnits: [4] });
    const runner = new ModelRunner(model);
    const before = tf.memory().numTensors;
    const { distribution, values, states } = await runner.run(2, observations, new Float32Array(0));
    expect(tf.memory().numTensors).toBe(before);
    expect([distribution.length, values.length, states.length]).toEqual([4, 2, 0]);
    const whole = tf.tidy(() =>
      model
        .apply(tf.tensor3d(observations, [2, 1, 3]))
        .values.dataSync()
        .slice(),
    );
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(whole[i], 6);
    });
    runner.dispose();
    model.dispose();
  });

  it("takes and returns states, each row separately", async () => {
    const model = new CfCActorCritic({ ...spaces, units: 4 });
    const runner = new ModelRunner(model);
    const start = Float32Array.from({ length: 2 * model.stateSize }, (_, i) => i / 10);
    const first = await runner.run(2, observations, start);
    expect(first.states).toHaveLength(2 * model.stateSize);
    const row = await runner.run(1, observations.slice(3), start.slice(model.stateSize));
    row.states.forEach((value, i) => {
      expect(value).toBeCloseTo(first.states[model.stateSize + i], 6);
    });
    const other = await runner.run(2, observations, new Float32Array(start.length));
    expect(other.values).not.toEqual(first.values);
    runner.dispose();
    model.dispose();
  });
});
