import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { stepByScan } from "../../src/cells/step-by-scan.js";
import { ShapeError } from "../../src/core/errors.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

describe("stepByScan", () => {
  beforeAll(() => useBackend("wasm"));

  it("is a scan over one step, with the elapsed time passed on", () => {
    const cell = new CfCCell({ units: 4, seed: 1 });
    cell.build(3);
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R2>([2, 3], 0, 1, "float32", 1);
      const state = tf.randomNormal<tf.Rank.R2>([2, 4], 0, 1, "float32", 2);
      const one = stepByScan(cell, x, state, 0.3);
      const { outputs, state: next } = cell.scan({
        x: tf.expandDims(x, 1) as tf.Tensor3D,
        state,
        elapsed: 0.3,
      });
      expect(one.output.shape).toEqual([2, 4]);
      expect(one.output.dataSync()).toEqual(outputs.dataSync());
      expect(one.state.dataSync()).toEqual(next.dataSync());
      expect(stepByScan(cell, x, state, 2).output.dataSync()).not.toEqual(one.output.dataSync());
    });
    cell.dispose();
  });

  it("leaves no tensors but output and state, and refuses sequences", () => {
    const cell = new CfCCell({ units: 4, seed: 1 });
    cell.build(3);
    const [x, state] = [tf.ones<tf.Rank.R2>([2, 3]), tf.zeros<tf.Rank.R2>([2, 4])];
    tf.dispose({ ...stepByScan(cell, x, state) });
    const before = tf.memory().numTensors;
    tf.dispose({ ...stepByScan(cell, x, state) });
    const sequence = tf.ones([2, 1, 3]);
    expect(() => stepByScan(cell, sequence as never, state)).toThrow(ShapeError);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, state, sequence]);
    cell.dispose();
  });
});
