import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { CfC } from "../../src/layers/cfc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(async () => {
  await useBackend("wasm");
});

// Two inputs, two units: unit 0 reads input 0 and itself, unit 1 reads input 1 (inhibited) and unit 0.
const sparsityMask = [
  [1, 0],
  [0, -1],
  [1, 1],
  [0, 0],
];
const options = { units: 2, backboneLayers: 0, sparsityMask, seed: 3 } as const;

function jacobian(flavour: "torch" | "tf", mode: "pure" | "default"): number[][] {
  const cell = new CfCCell({ ...options, flavour, mode });
  cell.build(2);
  const rows = [0, 1].map((unit) => {
    const g = tf.grad((joined: tf.Tensor) => {
      const [x, state] = tf.split(joined, 2, 1) as tf.Tensor2D[];
      return tf.sum(tf.slice(cell.call(x, state).state, [0, unit], [1, 1]));
    });
    return Array.from(g(tf.tensor2d([[0.3, -0.2, 0.1, 0.4]])).dataSync());
  });
  cell.dispose();
  return rows;
}

describe("sparsityMask", () => {
  it("removes the masked connections in pure mode, which has no dense time head", () => {
    const [first, second] = jacobian("torch", "pure");
    expect(first.map((g) => g !== 0)).toEqual([true, false, true, false]);
    expect(second.map((g) => g !== 0)).toEqual([false, true, true, false]);
  });

  it("uses signs only in the tf flavour", () => {
    const run = (flavour: "torch" | "tf", entries: number[][]) => {
      const cell = new CfCCell({ ...options, flavour, mode: "pure", sparsityMask: entries });
      cell.build(2);
      const y = Array.from(cell.call(tf.tensor2d([[0.3, -0.2]]), tf.tensor2d([[0.1, 0.4]])).state.dataSync());
      cell.dispose();
      return y;
    };
    const positive = sparsityMask.map((row) => row.map(Math.abs));
    expect(run("torch", sparsityMask)).toEqual(run("torch", positive));
    expect(run("tf", sparsityMask)).not.toEqual(run("tf", positive));
  });

  it("equals the dense cell when everything is connected", () => {
    const everything = sparsityMask.map((row) => row.map(() => 1));
    const x = tf.tensor3d([
      [
        [0.3, -0.2],
        [0.5, 0.1],
      ],
    ]);
    const outputs = [everything, undefined].map((entries) => {
      const layer = new CfC({ ...options, sparsityMask: entries });
      return Array.from(layer.scan(x).outputs.dataSync());
    });
    expect(outputs[0]).toEqual(outputs[1]);
  });

  it("is saved with the layer", () => {
    const layer = new CfC({ ...options, inputShape: [null, 2] });
    const copy = CfC.fromConfig(CfC as never, layer.getConfig()) as unknown as CfC;
    const x = tf.tensor3d([[[0.3, -0.2]]]);
    expect(Array.from(copy.scan(x).outputs.dataSync())).toEqual(Array.from(layer.scan(x).outputs.dataSync()));
  });

  it("rejects invalid masks", () => {
    expect(() => new CfCCell({ ...options, backboneLayers: 1 })).toThrow(/sparsityMask.*backboneLayers 0/);
    expect(() => new CfCCell(options).build(3)).toThrow(/sparsityMask.*\[5, 2\].*\[4, 2\]/);
    const twos = sparsityMask.map((row) => row.map(() => 2));
    expect(() => new CfCCell({ ...options, sparsityMask: twos }).build(2)).toThrow(
      /sparsityMask.*1, 0 or -1/,
    );
  });
});
