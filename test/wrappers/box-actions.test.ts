import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/envs/check-env.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { ClipAction, RescaleAction } from "../../src/wrappers/index.js";
import trace from "./normalize-trace.json";

/** Records the torque of the last step. */
class Watched extends PendulumEnv {
  last = Number.NaN;
  override step(action: Float32Array) {
    this.last = action[0];
    return super.step(action);
  }
}

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

describe("RescaleAction", () => {
  it("maps like Gymnasium's and clips nothing", () => {
    const inner = new Watched();
    const env = new RescaleAction(inner, { minAction: -1, maxAction: 3 });
    expect([env.actionSpace.low, env.actionSpace.high]).toEqual([Float64Array.of(-1), Float64Array.of(3)]);
    env.reset({ seed: 0 });
    for (const [given, played] of trace.rescaled) {
      env.step(Float32Array.of(given));
      expect(inner.last).toBeCloseTo(played, 6);
    }
    checkEnv(new RescaleAction(new PendulumEnv(), { minAction: [-0.5] }), { steps: 40 });
  });

  it("rejects invalid bounds", () => {
    const env = new PendulumEnv();
    expect(() => new RescaleAction(env, { minAction: 1 })).toThrow(/minAction < maxAction, received 1 and 1/);
    expect(() => new RescaleAction(env, { maxAction: [1, 2] })).toThrow(/maxAction.*\[1\].*\[2\]/);
    expect(() => new RescaleAction(new ClipAction(env))).toThrow(/finite bounds/);
    expect(() => new RescaleAction(new CartPoleEnv())).toThrow(/RescaleAction expected.*discrete/);
  });
});
