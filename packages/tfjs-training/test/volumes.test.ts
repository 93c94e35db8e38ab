import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

describe("gradients of conv3d", () => {
  it.each<[number[], number[], number | [number, number, number], "valid" | "same"]>([
    [[2, 3, 4, 5, 2], [2, 2, 2, 2, 3], 1, "valid"],
    [[2, 3, 3, 3, 2], [2, 2, 2, 2, 3], 1, "same"],
    [[1, 5, 4, 6, 3], [3, 2, 1, 3, 9], 2, "same"],
    [[1, 5, 4, 6, 1], [2, 3, 2, 1, 4], [1, 2, 3], "valid"],
  ])("of %j with %j, strides %j, %s", async (image, filter, strides, pad) => {
    const f = (x: tf.Tensor, k: tf.Tensor) => tf.conv3d(x as tf.Tensor5D, k as tf.Tensor5D, strides, pad);
    await expectAgreement([image, filter], f);
    await expectNoLeak([image, filter], f);
  });

  it("of a transposed one", async () => {
    const shapes = [
      [1, 2, 3, 2, 3],
      [2, 2, 2, 2, 3],
    ];
    await expectAgreement(
      shapes,
      (x, k) =>
        tf.conv3dTranspose(x as tf.Tensor5D, k as tf.Tensor5D, [1, 4, 6, 4, 2], 2, "same") as tf.Tensor,
      { gradients: false },
    );
  });
});
