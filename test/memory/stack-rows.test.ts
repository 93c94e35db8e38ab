import { afterEach, describe, expect, it, vi } from "vitest";
import { Random } from "../../src/core/random.js";
import { ReplayFrames } from "../../src/memory/replay-frames.js";
import { StackRows } from "../../src/memory/stack-rows.js";

afterEach(() => void vi.unstubAllGlobals());

const COUNT = 60;

function randomFrames(random: Random, stack: number, shape: number[]): ReplayFrames {
  const frames = new ReplayFrames({ count: COUNT, shape, dtype: "uint8", stack });
  for (let i = 0; i < COUNT; i++) {
    const frame = frames.at(i);
    for (let at = 0; at < frame.length; at++) frame[at] = random.integer(256);
  }
  return frames;
}

// Slots as in episodes and ring buffers: in order, padded at the start, around the end, far from each other.
function randomSlots(random: Random, stack: number): [Int32Array, Int32Array] {
  const first = random.integer(COUNT);
  const padding = random.integer(stack);
  const distance = random.uniform() < 0.8 ? 1 : 1 + random.integer(3 * stack);
  const slots = (shift: number) =>
    Int32Array.from({ length: stack }, (_, i) => (first + Math.max(padding, i + shift)) % COUNT);
  return [slots(0), slots(distance)];
}

describe.each([3, 4])("stacks of %i byte frames", (stack) => {
  it.each([[[4, 4, 1]], [[84, 84, 1]], [[7, 11, 1]], [[105, 80, 1]], [[17, 1]]])(
    "of %j are the same with kernels and plain code",
    (shape) => {
      const random = new Random(stack);
      const frames = randomFrames(random, stack, shape);
      const { stackSize, frameSize } = frames;
      let rows: StackRows | undefined;
      for (const size of [1, 5, 32, 3]) {
        rows = new StackRows(frames, size, rows);
        const all = Array.from({ length: size }, () => randomSlots(random, stack));
        for (const [row, [slots, nextSlots]] of all.entries()) rows.put(row, slots, nextSlots);
        expect(rows.observations.buffer.byteLength).toBeGreaterThan(2 * size * stackSize); // the kernels' memory
        for (const [row, pair] of all.entries()) {
          for (const [which, made] of [rows.observations, rows.nextObservations].entries()) {
            const wanted = new Uint8Array(stackSize);
            for (let at = 0; at < stackSize; at++) {
              wanted[at] = frames.at(pair[which][at % stack])[Math.floor(at / stack)];
            }
            expect(
              Buffer.compare(made.subarray(row * stackSize, (row + 1) * stackSize) as Uint8Array, wanted),
            ).toBe(0);
          }
        }
        expect(frameSize).toBe(shape.reduce((a, b) => a * b));
      }
    },
  );

  it("are the same without WebAssembly", () => {
    vi.stubGlobal("WebAssembly", undefined);
    const random = new Random(9);
    const frames = randomFrames(random, stack, [7, 11, 1]);
    const rows = new StackRows(frames, 1);
    const [slots, nextSlots] = randomSlots(random, stack);
    rows.put(0, slots, nextSlots);
    const wanted = Array.from(
      rows.observations,
      (_, at) => frames.at(slots[at % stack])[Math.floor(at / stack)],
    );
    expect([...rows.observations]).toEqual(wanted);
  });
});
