import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import type { TypedArray } from "../../src/core/state.js";
import { ReplayFrames } from "../../src/memory/replay-frames.js";
import { StackRows } from "../../src/memory/stack-rows.js";

const COUNT = 23;
const SHAPE = [4, 5, 1];

const make = (perBlock: number) =>
  new ReplayFrames({ count: COUNT, shape: SHAPE, dtype: "uint8", stack: 4, blockBytes: 20 * perBlock });

function fillWithNumbers(frames: ReplayFrames): ReplayFrames {
  for (let i = 0; i < COUNT; i++) frames.at(i).fill(i + 1);
  return frames;
}

const numbers = (frames: ReplayFrames) => Array.from({ length: COUNT }, (_, i) => frames.at(i)[7]);
const join = (views: readonly TypedArray[]) => views.flatMap((view) => [...view]);

describe.each([1, 4, 7, 23, 100])("ReplayFrames in blocks of %i", (perBlock) => {
  it("returns any range as views, and as a single one within a block", () => {
    const frames = fillWithNumbers(make(perBlock));
    for (let from = 0; from < COUNT; from++) {
      for (let to = from + 1; to <= COUNT; to++) {
        const expected = Array.from({ length: 20 * (to - from) }, (_, i) => from + 1 + Math.floor(i / 20));
        const views = frames.views(from, to);
        expect(join(views)).toEqual(expected);
        const whole = frames.contiguous(from, to);
        expect(whole !== undefined).toBe(views.length === 1);
        if (whole) expect(join([whole])).toEqual(expected);
      }
    }
  });

  it("restores frames from arrays of any length", () => {
    const random = new Random(perBlock);
    for (let round = 0; round < 20; round++) {
      const from = random.integer(COUNT - 1);
      const to = from + 1 + random.integer(COUNT - from);
      const source = Uint8Array.from({ length: 20 * (to - from) }, (_, i) => 100 + Math.floor(i / 20));
      const arrays: Uint8Array[] = [];
      for (let at = 0; at < source.length; ) {
        const end = at + 20 * random.integer(4);
        arrays.push(source.slice(at, end));
        at = end;
      }
      const frames = fillWithNumbers(make(perBlock));
      frames.fill(from, to, arrays);
      expect(numbers(frames)).toEqual(
        Array.from({ length: COUNT }, (_, i) => (i >= from && i < to ? 100 + i - from : i + 1)),
      );
    }
  });

  it.each([1, 4, 7, 23, 100])("restores frames that were read in place, from blocks of %i", (saved) => {
    for (const [first, count, limit] of [
      [0, COUNT, COUNT],
      [5, 11, 17],
      [11, 12, COUNT],
    ]) {
      const source = fillWithNumbers(make(saved)).views(first, first + count);
      const frames = make(perBlock);
      let placed = 0;
      const arrays = source.map((array, block) => {
        const place = frames.view(first, limit, block, array.length);
        place?.set(array);
        if (place) placed++;
        return place ?? array;
      });
      if (saved === perBlock) expect(placed).toBe(source.length);
      frames.fill(first, first + count, arrays);
      const wanted = (i: number) => (i >= first && i < first + count ? i + 1 : 0);
      const got = numbers(frames).slice(first, first + count);
      expect(got).toEqual(Array.from({ length: count }, (_, i) => wanted(first + i)));
    }
  });

  it("builds stacks across blocks", () => {
    const frames = fillWithNumbers(make(perBlock));
    const rows = new StackRows(frames, COUNT - 4);
    for (let row = 0; row < COUNT - 4; row++) {
      const slots = (shift: number) => Int32Array.from({ length: 4 }, (_, i) => row + i + shift);
      rows.put(row, slots(0), slots(1));
    }
    for (let row = 0; row < COUNT - 4; row++) {
      const stack = [1, 2, 3, 4].map((i) => row + i);
      const at = row * 80;
      expect([...rows.observations.subarray(at, at + 80)]).toEqual(Array(20).fill(stack).flat());
      const next = stack.map((n) => n + 1);
      expect([...rows.nextObservations.subarray(at, at + 80)]).toEqual(Array(20).fill(next).flat());
    }
  });
});
