import { GifReader } from "omggif";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { BreakoutEnv } from "../../src/envs/arcade/index.js";
import type { Frame } from "../../src/envs/env.js";
import { encodeGif } from "../../src/rendering/index.js";

const decode = (bytes: Uint8Array) => {
  const reader = new GifReader(Buffer.from(bytes));
  const frames = Array.from({ length: reader.numFrames() }, (_, i) => {
    const rgba = new Uint8Array(reader.width * reader.height * 4);
    reader.decodeAndBlitFrameRGBA(i, rgba);
    return { rgb: rgba.filter((_, at) => at % 4 !== 3), delay: reader.frameInfo(i).delay };
  });
  return { width: reader.width, height: reader.height, loops: reader.loopCount(), frames };
};

describe("encodeGif", () => {
  it("preserves every pixel of a game, its size and its speed", () => {
    const env = new BreakoutEnv();
    const random = new Random(2);
    env.reset({ seed: 1 });
    const frames: Frame[] = [];
    for (let i = 0; i < 12; i++) {
      env.step(env.actionSpace.sample(random) as number);
      const { data, ...size } = env.render();
      frames.push({ ...size, data: data.slice() });
    }
    env.close();
    const gif = decode(encodeGif(frames, { fps: 30 }));
    expect([gif.height, gif.width, gif.loops]).toEqual([210, 160, 0]);
    expect(gif.frames).toHaveLength(12);
    for (const [i, { data }] of frames.entries()) expect(Buffer.compare(gif.frames[i].rgb, data)).toBe(0);
    const delays = gif.frames.map(({ delay }) => delay);
    expect(delays.slice(0, 3)).toEqual([3, 4, 3]);
    expect(delays.reduce((sum, delay) => sum + delay)).toBe(40); // 12 frames in hundredths
  });

  it("approximates frames with many colours", () => {
    const data = new Uint8Array(64 * 64 * 3);
    for (let i = 0; i < 64 * 64; i++) data.set([(i % 64) * 4, (i >> 6) * 4, 128], i * 3);
    const gif = decode(encodeGif([{ height: 64, width: 64, data }], { loop: false }));
    expect(gif.loops).toBe(null);
    const error =
      gif.frames[0].rgb.reduce((sum, value, i) => sum + Math.abs(value - data[i]), 0) / data.length;
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(6);
  });

  it("rejects an empty list, frames of two sizes, and a speed of 0", () => {
    const frame = (width: number) => ({ height: 1, width, data: new Uint8Array(3 * width) });
    expect(() => encodeGif([])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(() => encodeGif([frame(1), frame(2)])).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(() => encodeGif([frame(1)], { fps: 0 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("rejects frames with missing bytes, and those too large for GIF", () => {
    const shapeError = expect.objectContaining({ code: "SHAPE" });
    expect(() => encodeGif([{ height: 4, width: 4, data: new Uint8Array(5) }])).toThrow(shapeError);
    expect(() => encodeGif([{ height: 0, width: 0, data: new Uint8Array(0) }])).toThrow(shapeError);
    expect(() => encodeGif([{ height: 1, width: 65536, data: new Uint8Array(3 * 65536) }])).toThrow(
      shapeError,
    );
  });
});
