import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/envs/check-env.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { ClipAction } from "../../src/wrappers/index.js";
import { WatchedPendulum as Watched } from "./watched-pendulum.js";

describe("ClipAction", () => {
  it("is unbounded and plays within the bounds of the environment", () => {
    const inner = new Watched();
    const env = new ClipAction(inner);
    expect([env.actionSpace.low, env.actionSpace.high]).toEqual([-Infinity, Infinity]);
    env.reset({ seed: 0 });
    for (const [given, played] of [
      [7, 2],
      [-2.5, -2],
      [0.25, 0.25],
    ]) {
      env.step(Float32Array.of(given));
      expect(inner.last).toBe(played);
    }
    checkEnv(new ClipAction(new PendulumEnv()), { steps: 40 });
  });

  it("requires continuous actions", () => {
    expect(() => new ClipAction(new CartPoleEnv())).toThrow(/ClipAction expected.*Box.*discrete/);
    const env = new ClipAction(new PendulumEnv());
    env.reset({ seed: 0 });
    expect(() => env.step(1)).toThrow(/action: expected an array of 1 numbers, received 1/);
    expect(() => env.step(new Float32Array(2))).toThrow(/received 2 numbers/);
  });
});
