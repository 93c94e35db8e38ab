import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";
import { expectNeighboursUntouched } from "./neighbours.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const integers = (values: number[], shape: number[]) => tf.tensor(values, shape, "int32");

describe("gradient of gather", () => {
  it("along the first axis, with rows selected twice", () =>
    expectAgreement([[6, 4]], (x) => tf.gather(x, integers([0, 2, 2, 5], [4]))));

  it("along other axes", async () => {
    await expectAgreement([[6, 4]], (x) => tf.gather(x, integers([0, 2, 2], [3]), 1));
    await expectAgreement([[3, 5, 4]], (x) => tf.gather(x, integers([4, 0, 4, 1], [2, 2]), 1));
  });

  it("leaks no memory", () =>
    expectNoLeak([[6, 4]], (x) => tf.tidy(() => tf.gather(x, integers([0, 2, 2, 5], [4])))));
});

describe("gather with batch axes", () => {
  it("takes the value of each row's action", async () => {
    await tf.setBackend("wasm");
    const values = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const chosen = tf.gather(values, integers([1, 0, 1], [3, 1]), 1, 1);
    expect(chosen.shape).toEqual([3, 1]);
    expect(Array.from(chosen.dataSync())).toEqual([2, 3, 6]);
  });

  it("agrees with cpu for slices, further axes and integers", async () => {
    const forward = { gradients: false };
    await expectAgreement(
      [[3, 5, 4]],
      (x) => tf.gather(x, integers([4, 0, 1, 1, 2, 3], [3, 2]), 1, 1),
      forward,
    );
    await expectAgreement([[2, 3, 5]], (x) => tf.gather(x, integers([4, 0, 1, 1], [2, 2]), 2, 1), forward);
    await expectAgreement(
      [[2, 3, 5]],
      (x) =>
        tf.cast(tf.gather(tf.cast(tf.mul(x, 9), "int32"), integers([4, 0, 1, 1], [2, 2]), 2, 1), "float32"),
      forward,
    );
  });

  it("rejects an index out of range", async () => {
    await tf.setBackend("wasm");
    expect(() => tf.gather(tf.zeros([3, 2]), integers([1, 0, 2], [3, 1]), 1, 1)).toThrow(
      "expected 0..1, received 2 (GatherV2: the index value 2 is not in [0, 1])",
    );
  });
});

describe("unsortedSegmentSum", () => {
  const ids = [0, 1, 0, 2, 2, 1];

  it("agrees with cpu, with gradients", async () => {
    await expectAgreement([[6, 4]], (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, "int32"), 3));
    await expectAgreement([[6]], (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, "int32"), 5));
  });

  it("ignores ids out of range, adds integers", async () => {
    await tf.setBackend("wasm");
    const sum = tf.unsortedSegmentSum(
      tf.tensor1d([1, 2, 4, 8], "int32"),
      tf.tensor1d([-1, 0, 3, 0], "int32"),
      3,
    );
    expect(sum.dtype).toBe("int32");
    expect(Array.from(sum.dataSync())).toEqual([10, 0, 0]);
  });
});

describe("booleans, which take one byte", () => {
  it("have segment sums in floats, without writing to other memory", async () => {
    const count = () =>
      tf.unsortedSegmentSum(
        tf.tensor2d(
          [
            [1, 1],
            [0, 1],
            [1, 1],
          ],
          [3, 2],
          "bool",
        ),
        integers([1, 0, 1], [3]) as tf.Tensor1D,
        2,
      );
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      expect(count().dtype).toBe("float32");
      expect(Array.from(count().dataSync())).toEqual([0, 1, 2, 2]);
    }
    await expectNeighboursUntouched(count);
  });

  it("are gathered correctly with batch axes, with checked indices", async () => {
    await tf.setBackend("wasm");
    const x = tf.tensor([1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0], [2, 3, 2], "bool");
    expect(Array.from(tf.gather(x, integers([2, 0, 1, 1], [2, 2]), 1, 1).dataSync())).toEqual([
      0, 1, 1, 0, 0, 0, 0, 0,
    ]);
    expect(() => tf.gather(x, integers([0, 3], [2, 1]), 1, 1)).toThrow("received 3");
  });
});

describe("gradients of a single element", () => {
  it("of gatherND with one index", () => expectAgreement([[4]], (x) => tf.gatherND(x, integers([2], [1]))));

  it("of topk and of gather with batch axes along an axis of one element", async () => {
    await expectAgreement([[3, 1]], (x) => tf.topk(x, 1).values);
    await expectAgreement([[3, 1]], (x) => tf.gather(x, integers([0, 0, 0], [3, 1]), 1, 1));
  });
});
