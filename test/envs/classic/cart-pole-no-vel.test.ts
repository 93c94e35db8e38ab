import { describe, expect, it } from "vitest";
import { CartPoleEnv } from "../../../src/envs/classic/cart-pole.js";
import { CartPoleNoVelEnv } from "../../../src/envs/classic/cart-pole-no-vel.js";

describe("CartPoleNoVelEnv", () => {
  it("is CartPole with observations without velocities", () => {
    const full = new CartPoleEnv();
    const partial = new CartPoleNoVelEnv();
    let seen = full.reset({ seed: 3 }).observation;
    let shown = partial.reset({ seed: 3 }).observation;
    for (let i = 0, ended = false; !ended; i++) {
      expect([...shown]).toEqual([seen[0], seen[2]]);
      const action = Number(seen[2] + seen[3] > 0) ^ Number(i % 7 === 0);
      const step = full.step(action);
      const hidden = partial.step(action);
      expect([hidden.reward, hidden.terminated]).toEqual([step.reward, step.terminated]);
      seen = step.observation;
      shown = hidden.observation;
      ended = step.terminated || step.truncated;
    }
  });

  it("has a separate id and space", () => {
    const env = new CartPoleNoVelEnv();
    expect(env.id).toBe("CartPoleNoVel-v1");
    expect(env.observationSpace.shape).toEqual([2]);
    expect(env.observationSpace.contains(env.reset({ seed: 0 }).observation)).toBe(true);
  });
});
