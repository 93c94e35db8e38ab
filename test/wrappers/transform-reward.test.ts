import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/envs/check-env.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { TransformReward } from "../../src/wrappers/index.js";

describe("TransformReward", () => {
  it("applies its function to every reward, and to nothing else", () => {
    const env = new TransformReward(new PendulumEnv(), { transform: (reward) => Math.max(-10, reward) / 10 });
    const raw = new PendulumEnv();
    expect(env.reset({ seed: 2 })).toEqual(raw.reset({ seed: 2 }));
    for (let n = 0; n < 50; n++) {
      const [own, inner] = [env.step(Float32Array.of(2)), raw.step(Float32Array.of(2))];
      expect(own.reward).toBe(Math.max(-10, inner.reward) / 10);
      expect({ ...own, reward: 0 }).toEqual({ ...inner, reward: 0 });
    }
    checkEnv(new TransformReward(new PendulumEnv(), { transform: (reward) => reward + 1 }), { steps: 40 });
  });

  it("names wrong options", () => {
    expect(() => new TransformReward(new PendulumEnv(), { transfrom: 1 } as never)).toThrow(/transform/);
  });
});
