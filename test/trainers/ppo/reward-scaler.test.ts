import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { RewardScaler } from "../../../src/trainers/ppo/reward-scaler.js";

describe("RewardScaler", () => {
  it("restart() keeps the statistics and resets the returns", () => {
    const make = () => new RewardScaler({ numEnvs: 1, gamma: 0.5 });
    const [kept, restarted, fresh] = [make(), make(), make()];
    const scale = (scaler: RewardScaler, reward: number) => {
      const rewards = Float32Array.of(reward);
      scaler.scale(rewards, () => false);
      return rewards[0];
    };
    for (const scaler of [kept, restarted]) for (const reward of [4, -1]) scale(scaler, reward);
    restarted.restart();
    const { returns } = restarted.getState();
    expect(returns).toEqual(fresh.getState().returns);
    expect(restarted.getState().statistics).toEqual(kept.getState().statistics);
    // The return counts the reward alone: 2, otherwise it would be 2 + 1 / 2.
    scale(kept, 2);
    scale(restarted, 2);
    expect(kept.getState().returns).toEqual(Float64Array.of(2.5));
    expect(restarted.getState().returns).toEqual(Float64Array.of(2));
  });

  it("divides by the standard deviation of discounted returns and clips at 10", () => {
    const scaler = new RewardScaler({ numEnvs: 1, gamma: 0.5 });
    const random = new Random(1);
    let carried = 0;
    const seen: number[] = [];
    for (let t = 0; t < 500; t++) {
      const raw = random.normal(1, 2);
      const done = t % 7 === 6;
      carried = carried * 0.5 + raw;
      seen.push(carried);
      const mean = seen.reduce((a, b) => a + b) / seen.length;
      const variance = seen.reduce((a, b) => a + (b - mean) ** 2, 0) / seen.length;
      const rewards = Float32Array.of(raw);
      scaler.scale(rewards, () => done);
      if (t > 20) expect(rewards[0]).toBeCloseTo(Math.max(-10, Math.min(10, raw / Math.sqrt(variance))), 2);
      if (done) carried = 0;
    }
  });

  it("goes on from a saved state, and refuses one of other environments", () => {
    const make = (numEnvs = 2) => new RewardScaler({ numEnvs, gamma: 0.9 });
    const [scaler, other] = [make(), make()];
    scaler.scale(Float32Array.of(3, -5), (env) => env === 1);
    other.setState(scaler.getState());
    const [a, b] = [scaler, other].map((each) => {
      const rewards = Float32Array.of(1, 2);
      each.scale(rewards, () => false);
      return rewards;
    });
    expect(b).toEqual(a);
    expect(() => make(3).setState(scaler.getState())).toThrow(InvalidArgumentError);
  });
});
