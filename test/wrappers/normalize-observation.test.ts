import { describe, expect, it } from "vitest";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import { NormalizeObservation, NormalizeReward, ObservationNormalizer } from "../../src/wrappers/index.js";
import trace from "./normalize-trace.json";
import { Recording } from "./recording.js";

const action = Float32Array.of(0);

describe("NormalizeObservation", () => {
  it("gives what Gymnasium's gives, with NormalizeReward around it, over ends of episodes", () => {
    const env = new NormalizeReward(new NormalizeObservation(new Recording()), { gamma: 0.9 });
    const observations = [env.reset().observation.slice()];
    for (const expected of trace.rewards) {
      const step = env.step(action);
      expect(step.reward).toBeCloseTo(expected, 9);
      observations.push(step.observation.slice());
      if (step.truncated) observations.push(env.reset().observation.slice());
    }
    expect(observations).toHaveLength(trace.observations.length);
    // Gymnasium keeps these statistics in float32.
    observations
      .flatMap((row) => [...row])
      .forEach((value, i) => {
        expect(value).toBeCloseTo(trace.observations.flat()[i], 4);
      });
  });

  it("shares statistics over the environments of a vector and with an evaluation", async () => {
    const normalizer = new ObservationNormalizer({ shape: [3] });
    const make = () => new NormalizeObservation(new PendulumEnv(), { normalizer });
    const envs = new SyncVectorEnv([make, make, make]);
    await envs.reset({ seed: 0 });
    for (let n = 0; n < 10; n++) await envs.step(Float32Array.of(-1, 0, 1));
    expect(normalizer.statistics.count).toBeCloseTo(33, 3);
    const test = new NormalizeObservation(new PendulumEnv(), { normalizer, updateRunningMean: false });
    const raw = new PendulumEnv().reset({ seed: 9 }).observation;
    const { mean, variance } = normalizer.statistics;
    test.reset({ seed: 9 }).observation.forEach((value, i) => {
      expect(value).toBeCloseTo((raw[i] - mean[i]) / Math.sqrt(variance[i] + 1e-8), 5);
    });
    expect(normalizer.statistics.count).toBeCloseTo(33, 3);
    await envs.close();
  });

  it("leaves the statistics alone when told to", () => {
    const env = new NormalizeObservation(new PendulumEnv());
    env.reset({ seed: 1 });
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(1));
    const before = env.normalizer.getState();
    env.updateRunningMean = false;
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(-2));
    expect(env.normalizer.getState()).toEqual(before);
    env.updateRunningMean = true;
    env.step(Float32Array.of(0));
    expect(env.normalizer.getState()).not.toEqual(before);
  });

  it("names wrong options", () => {
    const env = new PendulumEnv();
    const normalizer = new ObservationNormalizer({ shape: [2] });
    expect(() => new NormalizeObservation(env, { normalizer })).toThrow(/normalizer.*\[3\].*\[2\]/);
    expect(() => new NormalizeObservation(env, { normalizer, epsilon: 1 })).toThrow(/epsilon/);
    expect(() => new NormalizeObservation(env, { epsilon: 0 })).toThrow(/epsilon: expected a positive/);
  });

  it("refuses the state of another wrapper", () => {
    const env = new NormalizeObservation(new PendulumEnv());
    env.reset({ seed: 1 });
    expect(() => env.setState({ ...env.getState(), own: {} })).toThrow(/state of NormalizeObservation/);
  });
});
