import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import type { TypedArray } from "../../src/core/state.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { AreaResizer, rgbToGray } from "../../src/images/index.js";
import { Box } from "../../src/spaces/index.js";
import { WarpFrame } from "../../src/wrappers/index.js";
import { FakeAtari } from "./fake-atari.js";

const size: [number, number] = [210, 160];

function withPictures(shape: number[], observation: TypedArray, dtype: "uint8" | "float32" = "uint8") {
  const env = new FakeAtari();
  const reset = env.reset.bind(env);
  Object.assign(env, { observationSpace: new Box({ low: 0, high: 255, shape, dtype }) });
  env.reset = () => ({ ...reset(), observation });
  return env;
}

describe("WarpFrame", () => {
  it("returns gray frames of 84 x 84", () => {
    const inner = new FakeAtari({ size });
    const env = new WarpFrame(inner);
    expect(env.observationSpace.toJSON()).toEqual(
      new Box({ low: 0, high: 255, shape: [84, 84, 1], dtype: "uint8" }).toJSON(),
    );
    const sizes = { inputHeight: 210, inputWidth: 160, outputHeight: 84, outputWidth: 84 };
    const expected = () => new AreaResizer(sizes).resize(rgbToGray(inner.render().data));
    expect(env.reset({ seed: 1 }).observation).toEqual(expected());
    const step = env.step(3);
    expect(step.observation).toEqual(expected());
    expect(step).toMatchObject({ reward: 1, terminated: false, info: { frame: 1 } });
  });

  it("supports other sizes", () => {
    const env = new WarpFrame(new FakeAtari({ size }), { height: 105, width: 80 });
    expect(env.observationSpace.shape).toEqual([105, 80, 1]);
    expect(env.reset().observation.length).toBe(105 * 80);
    expect(new WarpFrame(new FakeAtari({ size }), { dim: 42 }).observationSpace.shape).toEqual([42, 42, 1]);
  });

  it.each([[[4, 6, 1]], [[4, 6]]])("shrinks gray frames %j", (shape) => {
    const picture = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
    const env = new WarpFrame(withPictures(shape, picture), { height: 2, width: 3 });
    // (0 + 10 + 60 + 70) / 4 = 35, then +20 a column and +120 a row
    expect([...env.reset().observation]).toEqual([35, 55, 75, 155, 175, 195]);
  });

  it.each([[[4, 6, 1]], [[4, 6]]])("keeps the quarters of means with rounded: false, %j", (shape) => {
    const picture = Uint8Array.from({ length: 24 }, (_, i) => i + (i % 5));
    const env = new WarpFrame(withPictures(shape, picture), { height: 2, width: 3, rounded: false });
    expect(env.observationSpace.toJSON()).toEqual(
      new Box({ low: 0, high: 255, shape: [2, 3, 1], dtype: "float32" }).toJSON(),
    );
    const mean = (row: number, column: number) =>
      [0, 1, 6, 7].reduce((sum, at) => sum + picture[12 * row + 2 * column + at], 0) / 4;
    expect(env.reset().observation).toEqual(
      Float32Array.from([0, 1, 2, 3, 4, 5], (i) => mean(Math.floor(i / 3), i % 3)),
    );
  });

  it("keeps quarters of colour frames of twice the size, and rejects others", () => {
    const inner = new FakeAtari({ size });
    const env = new WarpFrame(inner, { height: 105, width: 80, rounded: false });
    const { observation } = env.reset({ seed: 1 });
    const gray = rgbToGray(inner.render().data);
    expect(observation[81]).toBe((gray[322] + gray[323] + gray[482] + gray[483]) / 4);
    expect(() => new WarpFrame(inner, { dim: 84, rounded: false })).toThrow(
      /^rounded: .*\[105, 80\].*\[84, 84\]/,
    );
  });

  it("follows the contract", () => {
    checkEnv(new WarpFrame(new FakeAtari({ size, length: 20 })), { steps: 50 });
  });

  it("rejects observations that are not frames or too small", () => {
    expect(() => new WarpFrame(withPictures([4], new Uint8Array(4)))).toThrow(InvalidArgumentError);
    expect(() => new WarpFrame(withPictures([84, 84, 4], new Uint8Array(4)))).toThrow(/\[84, 84, 4\]/);
    expect(() => new WarpFrame(withPictures([84, 84, 3], new Float32Array(4), "float32"))).toThrow(/float32/);
    expect(() => new WarpFrame(new FakeAtari({ size: [80, 160] }))).toThrow(/area averaging only shrinks/);
  });
});
