import { describe, expect, it } from "vitest";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { NormalizeObservation, NormalizeReward, TransformReward } from "../../src/wrappers/index.js";
import trace from "./normalize-trace.json";
import { Recording } from "./recording.js";

const action = Float32Array.of(0);

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

  it("leaves the statistics alone when told to", () => {
    const env = new NormalizeReward(new PendulumEnv());
    env.reset({ seed: 1 });
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(1));
    const before = env.statistics.getState();
    env.updateRunningMean = false;
    for (let n = 0; n < 20; n++) env.step(Float32Array.of(-2));
    expect(env.statistics.getState()).toEqual(before);
  });

  it("goes on from a saved state, statistics included", () => {
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

  it("names wrong options", () => {
    expect(() => new NormalizeReward(new PendulumEnv(), { gamma: 1.5 })).toThrow(
      /gamma: expected a number in 0\.\.1/,
    );
    expect(() => new NormalizeReward(new PendulumEnv(), { epsilon: -1 })).toThrow(/epsilon/);
  });
});
