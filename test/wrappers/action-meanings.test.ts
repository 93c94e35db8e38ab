import { describe, expect, it } from "vitest";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { requireMeaning } from "../../src/wrappers/action-meanings.js";
import { FakeAtari } from "./fake-atari.js";

describe("requireMeaning", () => {
  it("accepts an action with the meaning", () => {
    expect(() => requireMeaning("FireReset", new FakeAtari(), 1, "FIRE")).not.toThrow();
  });

  it("tells what the environment has instead, and to leave the wrapper out", () => {
    const game = new FakeAtari({ actionMeanings: ["NOOP", "UP"] });
    const of = (index: number) => () => requireMeaning("FireReset", game, index, "FIRE");
    expect(of(1)).toThrow(/FireReset expected action 1 of "FakeNoFrameskip-v4" to be FIRE, received UP/);
    expect(of(1)).toThrow(/leave FireReset out/);
    expect(of(5)).toThrow(/received no such action/);
    expect(() => requireMeaning("NoopReset", new CartPoleEnv(), 0, "NOOP")).toThrow(/without actionMeanings/);
  });
});
