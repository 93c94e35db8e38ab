import { describe, expect, it } from "vitest";
import { writeNpz } from "../../src/bridges/npz.js";
import { CheckpointError, InvalidArgumentError } from "../../src/core/errors.js";
import { mirrored, numpyShuffle, splitLidarTraces } from "../../src/datasets/lidar-sequences.js";
import { type LidarTrace, readLidarCsv, readLidarNpz } from "../../src/datasets/lidar-traces.js";

/** A drive whose steering encodes the drive and the step. */
function drive(index: number, steps: number, beams = 3): LidarTrace {
  return {
    ranges: Float32Array.from({ length: steps * beams }, (_, i) => index * 1000 + i),
    steering: Float32Array.from({ length: steps }, (_, i) => index + 1 + i / 1024),
    beams,
  };
}

describe("reading", () => {
  it("reads packed drives in the order of their numbers", () => {
    const traces = Array.from({ length: 12 }, (_, i) => drive(i, 4 + i));
    const arrays = traces.flatMap(({ ranges, steering, beams }, i): [string, never][] => [
      [`y_${i}`, { shape: [steering.length], data: steering } as never],
      [`x_${i}`, { shape: [steering.length, beams], data: ranges } as never],
    ]);
    expect(readLidarNpz(writeNpz(new Map(arrays.reverse()), { compress: true }))).toEqual(traces);
    const without = new Map(arrays.filter(([name]) => name !== "y_3"));
    expect(() => readLidarNpz(writeNpz(without), "drives.npz")).toThrow(/drives\.npz.*x_3, y_3/);
  });

  it("reads a drive from text, with and without names", () => {
    const text = "0,1,2,0.5,0.25,4,-1\n0.1,1,2,3,2,1,0.5\n";
    const expected = {
      ranges: Float32Array.of(0.5, 0.25, 4, 3, 2, 1),
      steering: Float32Array.of(-1, 0.5),
      beams: 3,
    };
    expect(readLidarCsv(text)).toEqual(expected);
    expect(readLidarCsv(`t,a,b,l0,l1,l2,s\r\n${text.replaceAll("\n", "\r\n")}`)).toEqual(expected);
  });

  it.each([
    ["", "one line a step"],
    ["0,1,2,3\n", "4 columns"],
    ["0,1,2,3,4\n0,1,2,3\n", "step 1"],
    ["0,1,2,3,4\n0,1,2,x,4\n", "step 1"],
    ["0,1,2,3,4\n0,1,2,,4\n", "step 1"],
  ])("rejects %j", (text, message) => {
    expect(() => readLidarCsv(text, "trace.csv")).toThrow(CheckpointError);
    expect(() => readLidarCsv(text, "trace.csv")).toThrow(message);
  });
});

describe("splitLidarTraces", () => {
  it("shuffles like numpy", () => {
    const order = numpyShuffle(
      Array.from({ length: 29 }, (_, i) => i),
      20200822,
    );
    // np.random.default_rng(20200822).shuffle(list(range(29)))
    const recorded = [
      6, 18, 9, 26, 7, 24, 22, 3, 1, 17, 19, 25, 28, 11, 15, 23, 27, 4, 2, 10, 5, 21, 16, 13, 12, 20, 8, 0,
      14,
    ];
    expect(order).toEqual(recorded);
  });

  it("cuts windows that overlap by half, without one that ends with the drive", () => {
    const traces = Array.from({ length: 29 }, (_, i) => drive(i, i === 6 ? 64 : 65));
    const { train, test } = splitLidarTraces(traces);
    // Starts 0 and 16 fit before 64 - 32; of 65 steps also 32.
    expect(test.count).toBe(2 * (2 + 6 * 3));
    expect(train.count).toBe(2 * 22 * 3);
    expect(test.x).toHaveLength(test.count * 32 * 3);
    expect(Array.from(test.y.subarray(0, 32))).toEqual(Array.from(traces[6].steering.subarray(0, 32)));
    expect(Array.from(test.y.subarray(32, 64))).toEqual(Array.from(traces[6].steering.subarray(16, 48)));
    const drives = (y: Float32Array) =>
      new Set(Array.from(y, (command) => Math.floor(Math.abs(command)) - 1));
    expect([...drives(test.y)].sort((a, b) => a - b)).toEqual([6, 7, 9, 18, 22, 24, 26]);
    expect(drives(train.y).size).toBe(22);
  });

  it("mirrors drives", () => {
    const trace = { ranges: Float32Array.of(1, 2, 3, 4, 5, 6), steering: Float32Array.of(0.5, -1), beams: 3 };
    expect(mirrored(trace)).toEqual({
      ranges: Float32Array.of(3, 2, 1, 6, 5, 4),
      steering: Float32Array.of(-0.5, 1),
      beams: 3,
    });
    const traces = [drive(0, 40), drive(1, 40)];
    const twice = splitLidarTraces(traces, { testTraces: 1 });
    const once = splitLidarTraces(traces, { testTraces: 1, mirror: false });
    expect([twice.train.count, once.train.count]).toEqual([2, 1]);
    expect(twice.train.y[32]).toBe(-once.train.y[0]);
  });

  it("rejects drives that it cannot split", () => {
    const traces = [drive(0, 40), drive(1, 40)];
    expect(() => splitLidarTraces(traces)).toThrow(InvalidArgumentError);
    expect(() => splitLidarTraces(traces, { testTraces: 1, sequenceLength: 1 })).toThrow(/at least 2/);
    expect(() => splitLidarTraces([...traces, drive(2, 40, 4)], { testTraces: 1 })).toThrow(/3 beams/);
    expect(() => splitLidarTraces(traces, { testTraces: 1, sequenceLength: 40 })).toThrow(
      /train have no sequence/,
    );
  });
});
