import { describe, expect, it } from "vitest";
import { EnvContractError, InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { SingleLife } from "../../src/wrappers/index.js";
import { FakeAtari } from "./fake-atari.js";

describe("SingleLife", () => {
  it("ends the game with the first life and starts a new one", () => {
    const inner = new FakeAtari({ lives: 3, lifeLostAt: [2, 5] });
    const env = new SingleLife(inner);
    env.reset({ seed: 1 });
    expect(env.step(2).terminated).toBe(false);
    expect(env.step(2)).toMatchObject({ terminated: true, info: { lives: 2 } });
    expect(env.reset().info.lives).toBe(3);
    expect(inner.log).toEqual(["reset", 2, 2, "reset"]);
  });

  it("requires info.lives", () => {
    expect(() => new SingleLife(new CartPoleEnv()).reset()).toThrow(EnvContractError);
  });

  it("goes on from a saved state, and refuses others", () => {
    const make = () => new SingleLife(new FakeAtari({ lifeLostAt: [2] }));
    const [env, other] = [make(), make()];
    env.reset({ seed: 1 });
    env.step(0);
    other.setState(env.getState());
    expect(other.step(0).terminated).toBe(true);
    expect(() => other.step(0)).toThrow(InvalidStateError);
    expect(() => env.setState({ ...env.getState(), own: { lives: "3" } })).toThrow(InvalidArgumentError);
  });
});
