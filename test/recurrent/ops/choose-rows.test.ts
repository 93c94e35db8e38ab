import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CfC } from "../../../src/layers/cfc.js";
import { LTC } from "../../../src/layers/ltc.js";
import type { RecurrentLayer } from "../../../src/layers/recurrent-layer.js";
import { chooseRows } from "../../../src/recurrent/ops/choose-rows.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../../src/wirings/index.js";

const wiring = new AutoNCP({ units: 8, outputSize: 2 });

const layers: [string, () => RecurrentLayer][] = [
  ["CfC", () => new CfC({ units: 3, flavour: "tf", seed: 0 })],
  ["wired CfC", () => new CfC({ wiring, seed: 0 })],
  ["LTC", () => new LTC({ wiring, seed: 0 })],
  ["CfC with mixed memory", () => new CfC({ units: 3, mixedMemory: true, seed: 0 })],
  ["CfC with mixed memory, tf", () => new CfC({ units: 3, mixedMemory: true, flavour: "tf", seed: 0 })],
  ["LTC with mixed memory", () => new LTC({ wiring, mixedMemory: true, seed: 0 })],
];

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it("selects rows and their gradients", () => {
    tf.tidy(() => {
      const flags = tf.tensor2d([[1], [0]]);
      const taken = tf.tensor2d([
        [1, 2],
        [Number.NaN, Number.POSITIVE_INFINITY],
      ]);
      expect(Array.from(chooseRows(flags, taken).dataSync())).toEqual([1, 2, 0, 0]);
      const other = tf.tensor2d([
        [Number.NaN, 0],
        [3, 4],
      ]);
      expect(Array.from(chooseRows(flags, taken, other).dataSync())).toEqual([1, 2, 3, 4]);
      const gradient = tf.grad((x) => tf.sum(tf.mul(chooseRows(flags, x as tf.Tensor2D, other), 5)))(taken);
      expect(Array.from(gradient.dataSync())).toEqual([5, 5, 0, 0]);
    });
  });

  it.each(layers)("resets clear any state values, masked steps do not leak theirs: %s", (_, make) => {
    const layer = make();
    layer.build([null, null, 2]);
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R3>([1, 3, 2]);
      const fresh = layer.scan(x).outputs.dataSync();
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const state = tf.fill<tf.Rank.R2>([1, layer.stateSize], value);
        const cleared = layer.scan(x, { state, resets: tf.tensor2d([[1, 0, 0]]) });
        expect(Array.from(cleared.outputs.dataSync())).toEqual(Array.from(fresh));
      }
      const padded = tf.concat([x, tf.fill([1, 2, 2], Number.NaN)], 1) as tf.Tensor3D;
      const masked = layer.scan(padded, { mask: tf.tensor2d([[1, 1, 1, 0, 0]]) });
      const last = Array.from(fresh.slice(-layer.outputSize));
      expect(Array.from(masked.outputs.dataSync().slice(-layer.outputSize))).toEqual(last);
      expect(masked.state.dataSync().every(Number.isFinite)).toBe(true);
    });
    layer.dispose();
  });
});
