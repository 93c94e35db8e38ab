import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { ScaledFloatFrame } from "../../src/wrappers/index.js";
import { CountingEnv } from "../vector/counting-env.js";
import { FakeAtari } from "./fake-atari.js";

describe("ScaledFloatFrame", () => {
  it("divides by 255", () => {
    const inner = new FakeAtari();
    const env = new ScaledFloatFrame(inner);
    expect(env.observationSpace.toJSON()).toMatchObject({
      dtype: "float32",
      low: 0,
      high: 1,
      shape: [2, 2, 3],
    });
    const expected = () => Float32Array.from(inner.render().data, (value) => value / 255);
    expect(env.reset({ seed: 4 }).observation).toEqual(expected());
    expect(env.step(3).observation).toEqual(expected());
    expect(env.observationSpace.contains(env.step(3).observation)).toBe(true);
  });

  it("rejects observations that are not uint8", () => {
    expect(() => new ScaledFloatFrame(new CountingEnv())).toThrow(InvalidArgumentError);
  });
});
