import { describe, expect, it } from "vitest";
import { NotRegisteredError } from "../../src/core/errors.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { type EnvOptions, make, register, registeredIds } from "../../src/envs/registry.js";

describe("registry", () => {
  it("creates registered environments with their options", () => {
    const seen: EnvOptions[] = [];
    register("Zoo/Test-v0", (options) => {
      seen.push(options);
      return new CartPoleEnv();
    });
    make("Zoo/Test-v0");
    expect(make("Zoo/Test-v0", { size: 5 })).toBeInstanceOf(CartPoleEnv);
    expect(seen).toEqual([{}, { size: 5 }]);
    expect(registeredIds()).toContain("Zoo/Test-v0");
  });

  it("suggests the nearest ids for a misspelt one", () => {
    register("Zoo/Lion-v0", () => new CartPoleEnv());
    register("Zoo/Tiger-v0", () => new CartPoleEnv());
    expect(() => make("Zoo/Lionn-v0")).toThrow(NotRegisteredError);
    expect(() => make("Zoo/Lionn-v0")).toThrow(/Nearest: Zoo\/Lion-v0/);
  });

  it("says how to get real Atari games", () => {
    expect(() => make("ALE/Pong-v5")).toThrow(/npx ale-bindings install/);
    expect(() => make("PongNoFrameskip-v4")).toThrow(/npx ale-bindings install/);
  });
});
