import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { Box } from "../../src/spaces/index.js";
import { FrameStack, WarpFrame } from "../../src/wrappers/index.js";
import { CountingEnv } from "../vector/counting-env.js";
import { FakeAtari, play } from "./fake-atari.js";

// Pixel by pixel, oldest frame first.
function join(frames: Uint8Array[], channels: number): Uint8Array {
  const pixels = frames[0].length / channels;
  return Uint8Array.from(
    Array.from({ length: pixels }, (_, p) =>
      frames.flatMap((frame) => [...frame.subarray(p * channels, (p + 1) * channels)]),
    ).flat(),
  );
}

describe("FrameStack", () => {
  it.each([
    ["RGB", 3],
    ["gray", 1],
  ] as const)("stacks the last frames along the last axis: %s", (_, channels) => {
    const size: [number, number] = [12, 10];
    const make = () => {
      const game = new FakeAtari({ size, length: 50 });
      return channels === 3 ? game : new WarpFrame(game, { dim: 6 });
    };
    const bare = make();
    const env = new FrameStack(make());
    const side = channels === 3 ? [12, 10] : [6, 6];
    expect(env.observationSpace.shape).toEqual([...side, 4 * channels]);
    const frames = [(bare.reset({ seed: 1 }).observation as Uint8Array).slice()];
    expect(env.reset({ seed: 1 }).observation).toEqual(join(Array(4).fill(frames[0]), channels));
    for (let i = 1; i < 8; i++) {
      frames.push((bare.step(i % 4).observation as Uint8Array).slice());
      const last = [i - 3, i - 2, i - 1, i].map((at) => frames[Math.max(0, at)]);
      expect(env.step(i % 4).observation).toEqual(join(last, channels));
    }
    const again = (bare.reset().observation as Uint8Array).slice();
    expect(env.reset().observation).toEqual(join(Array(4).fill(again), channels));
  });

  it("concatenates feature vectors and their bounds", () => {
    const inner = new CountingEnv();
    const bounds = { low: [0, 1, 2], high: [7, 8, 9] };
    Object.assign(inner, { observationSpace: new Box({ ...bounds, shape: [3] }) });
    const env = new FrameStack(inner, { numStack: 2 });
    expect(env.observationSpace.toJSON()).toMatchObject({
      shape: [6],
      low: [0, 1, 2, 0, 1, 2],
      high: [7, 8, 9, 7, 8, 9],
    });
    expect([...env.reset({ seed: 5 }).observation]).toEqual([5, 1, 0, 5, 1, 0]);
    expect([...env.step(0).observation]).toEqual([5, 1, 0, 5, 1, 1]);
    expect([...env.step(0).observation]).toEqual([5, 1, 1, 5, 1, 2]);
  });

  it("changes nothing with numStack = 1", () => {
    const env = new FrameStack(new FakeAtari(), { numStack: 1 });
    const bare = new FakeAtari();
    expect(env.reset({ seed: 1 }).observation).toEqual(bare.reset({ seed: 1 }).observation);
    expect(play(env, 9)).toEqual(play(bare, 9));
  });

  it("follows the contract and continues identically from a saved state", () => {
    const make = () => new FrameStack(new FakeAtari({ length: 9 }), { numStack: 3 });
    checkEnv(make());
    const env = make();
    env.reset({ seed: 2 });
    play(env, 5);
    const state = structuredClone(env.getState());
    const future = play(env, 20);
    const other = make();
    other.setState(state);
    expect(play(other, 20)).toEqual(future);
    expect(() => new FrameStack(new FakeAtari(), { numStack: 2 }).setState(state)).toThrow(
      /another numStack or shape/,
    );
  });

  it("rejects invalid numbers of frames, and scalars", () => {
    expect(() => new FrameStack(new FakeAtari(), { numStack: 0 })).toThrow(InvalidArgumentError);
    const inner = new CountingEnv();
    Object.assign(inner, { observationSpace: new Box({ low: 0, high: 1, shape: [] }) });
    expect(() => new FrameStack(inner)).toThrow(InvalidArgumentError);
  });
});
