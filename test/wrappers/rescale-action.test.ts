import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/envs/check-env.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { ClipAction, RescaleAction } from "../../src/wrappers/index.js";
import trace from "./normalize-trace.json";
import { WatchedPendulum as Watched } from "./watched-pendulum.js";

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
