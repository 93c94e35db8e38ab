import { describe, expect, it } from "vitest";
import { registerBuiltinEnvs } from "../../src/envs/builtin.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { make, register, registeredIds } from "../../src/envs/registry.js";

describe("built-in environments", () => {
  it("are registered by importing", () => {
    const builtin = ["Arcade/Breakout-v0", "CartPole-v1", "CartPoleNoVel-v1"];
    expect(registeredIds()).toEqual(expect.arrayContaining(builtin));
  });

  it.each(registeredIds())("%s follows the contract", (id) => {
    expect(make(id).id).toBe(id);
    checkEnv(make(id), { steps: 60 });
  });

  it("receive the options of make", () => {
    const env = make("CartPole-v1", { maxEpisodeSteps: 1 });
    env.reset({ seed: 0 });
    expect(env.step(0).truncated).toBe(true);
  });

  it("can be restored after being replaced", () => {
    register("CartPole-v1", () => {
      throw new Error("replaced");
    });
    expect(() => make("CartPole-v1")).toThrow("replaced");
    registerBuiltinEnvs();
    expect(make("CartPole-v1")).toBeInstanceOf(CartPoleEnv);
  });
});
