import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/envs/check-env.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import type { Env, StepResult } from "../../src/envs/env.js";
import { Box } from "../../src/spaces/index.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import {
  NormalizeObservation,
  NormalizeReward,
  ObservationNormalizer,
  TransformObservation,
  TransformReward,
} from "../../src/wrappers/index.js";
import trace from "./normalize-trace.json";

// The trace was recorded from Gymnasium 1.4: NormalizeReward(gamma 0.9) around NormalizeObservation.

/** Plays a recording; terminates at the given steps, otherwise is truncated as the recording was. */
class Recording implements Env {
  readonly id = "Recording-v0";
  readonly observationSpace = new Box({ low: -8, high: 8, shape: [3] });
  readonly actionSpace = new Box({ low: -2, high: 2, shape: [1] });
  private moment = 0;
  private steps = 0;
  constructor(private readonly terminates = false) {}
  private observe() {
    return Float32Array.from(trace.rawObservations[this.moment++]);
  }
  reset() {
    return { observation: this.observe(), info: {} };
  }
  step(): StepResult {
    const ended = trace.truncated[this.steps] === 1;
    return {
      reward: trace.rawRewards[this.steps++],
      observation: this.observe(),
      terminated: ended && this.terminates,
      truncated: ended && !this.terminates,
      info: {},
    };
  }
  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }
  close() {}
}

const action = Float32Array.of(0);

describe("NormalizeObservation and NormalizeReward", () => {
  it("equal Gymnasium's, across episodes", () => {
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

  it("clears the discounted sum where the task terminates", () => {
    const env = new NormalizeReward(new Recording(true), { gamma: 0.9 });
    env.reset();
    const sums: number[] = [];
    let sum = 0;
    trace.rawRewards.forEach((reward, i) => {
      sum = (trace.truncated[i] ? 0 : 0.9 * sum) + reward;
      sums.push(sum);
      if (env.step(action).terminated) env.reset();
    });
    const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
    expect(env.statistics.mean[0]).toBeCloseTo(mean, 3);
  });

  it("do not update the statistics with updateRunningMean = false", () => {
    const env = new NormalizeReward(new NormalizeObservation(new PendulumEnv()));
    const inner = env.env as NormalizeObservation;
    env.reset({ seed: 1 });
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(1));
    const [before, rewards] = [inner.normalizer.getState(), env.statistics.getState()];
    inner.updateRunningMean = false;
    env.updateRunningMean = false;
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(-2));
    expect(inner.normalizer.getState()).toEqual(before);
    expect(env.statistics.getState()).toEqual(rewards);
    inner.updateRunningMean = true;
    env.step(Float32Array.of(0));
    expect(inner.normalizer.getState()).not.toEqual(before);
  });

  it("share statistics between environments and with an evaluation", async () => {
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

  it("continue from a saved state, including statistics", () => {
    const make = () => new NormalizeReward(new NormalizeObservation(new PendulumEnv()));
    const [env, other] = [make(), make()];
    env.reset({ seed: 1 });
    for (let n = 0; n < 30; n++) env.step(Float32Array.of(Math.sin(n)));
    other.setState(env.getState());
    for (let n = 0; n < 30; n++) {
      const [a, b] = [env.step(Float32Array.of(1)), other.step(Float32Array.of(1))];
      expect([...b.observation, b.reward]).toEqual([...a.observation, a.reward]);
    }
    expect(() => env.setState({ ...env.getState(), own: {} })).toThrow(/NormalizeReward/);
  });

  it("reject invalid options", () => {
    const env = new PendulumEnv();
    const normalizer = new ObservationNormalizer({ shape: [2] });
    expect(() => new NormalizeObservation(env, { normalizer })).toThrow(/normalizer.*\[3\].*\[2\]/);
    expect(() => new NormalizeObservation(env, { normalizer, epsilon: 1 })).toThrow(/epsilon/);
    expect(() => new NormalizeObservation(env, { epsilon: 0 })).toThrow(/epsilon: expected a positive/);
    expect(() => new NormalizeReward(env, { gamma: 1.5 })).toThrow(/gamma: expected a number in 0\.\.1/);
    expect(() => new NormalizeReward(env, { epsilon: -1 })).toThrow(/epsilon/);
  });
});

describe("NormalizeReward", () => {
  it.each([true, false])(
    "excludes rewards that are not finite, updateRunningMean %s",
    (updateRunningMean) => {
      let spoil = false;
      const transform = (reward: number) => (spoil ? Number.NaN : reward);
      const make = () => {
        const env = new NormalizeReward(new TransformReward(new PendulumEnv(), { transform }), {
          updateRunningMean,
        });
        env.reset({ seed: 1 });
        env.step(Float32Array.of(1));
        return env;
      };
      const [env, other] = [make(), make()];
      spoil = true;
      expect(() => env.step(Float32Array.of(1))).toThrow(expect.objectContaining({ code: "NON_FINITE" }));
      spoil = false;
      env.reset({ seed: 2 });
      other.reset({ seed: 2 });
      expect(env.step(Float32Array.of(0)).reward).toBe(other.step(Float32Array.of(0)).reward);
      expect(env.getState().own).toEqual(other.getState().own);
    },
  );
});

describe("ObservationNormalizer", () => {
  it("centres, scales and clips each element separately", () => {
    const normalizer = new ObservationNormalizer({ shape: [2], clip: 1.5 });
    normalizer.update([1, 10, 3, 30]);
    const [a, b, c, d] = normalizer.normalize([1, 30, 2, 1000]);
    expect(a).toBeCloseTo(-1, 3);
    expect(b).toBeCloseTo(1, 3);
    expect(c).toBeCloseTo(0, 3);
    expect(d).toBe(1.5);
  });
});

describe("TransformObservation and TransformReward", () => {
  it("apply their functions to every observation and reward", () => {
    const observationSpace = new Box({ low: -2, high: 2, shape: [3] });
    const env = new TransformReward(
      new TransformObservation(new PendulumEnv(), {
        transform: (observation) => observation.map((x) => Math.max(-2, Math.min(2, 2 * x))),
        observationSpace,
      }),
      { transform: (reward) => Math.max(-10, reward) / 10 },
    );
    expect(env.observationSpace).toBe(observationSpace);
    const raw = new PendulumEnv();
    const clip = (x: number) => Math.max(-2, Math.min(2, 2 * x));
    expect([...env.reset({ seed: 2 }).observation]).toEqual(
      [...raw.reset({ seed: 2 }).observation].map(clip),
    );
    for (let n = 0; n < 50; n++) {
      const torque = Float32Array.of(2);
      const [own, inner] = [env.step(torque), raw.step(torque)];
      expect([...own.observation]).toEqual([...inner.observation].map(clip));
      expect(own.reward).toBe(Math.max(-10, inner.reward) / 10);
    }
    checkEnv(new TransformReward(new PendulumEnv(), { transform: (reward) => reward + 1 }), { steps: 40 });
  });
});
