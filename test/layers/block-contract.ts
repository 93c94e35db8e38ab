/** What every feed-forward layer keeps. */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { Block } from "../../src/layers/block.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { distance, saveAndLoad, weightValues } from "./layer-helpers.js";

/** Random bytes of a shape. */
export function frames(shape: number[], seed = 0): tf.Tensor {
  const random = new Random(seed);
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Int32Array.from({ length: size }, () => random.integer(256)),
    shape,
    "int32",
  );
}

/**
 * Tests one layer on each backend.
 *
 * @param make makes it, with seed 1 · @param item shape of one input · @param size features of one output
 */
export function blockContract(make: () => Block, item: number[], size: number): void {
  describe.each(["wasm", "cpu"] as const)("on %s", (backend) => {
    beforeAll(async () => {
      await useBackend(backend);
    });

    it("returns the same directly, through apply, and over any leading axes", () => {
      tf.tidy(() => {
        const x = frames([6, ...item]);
        const layer = make();
        const direct = layer.forward(x);
        expect(direct.shape).toEqual([6, size]);
        expect(layer.computeOutputShape([null, ...item])).toEqual([null, size]);
        expect(distance(layer.apply(x) as tf.Tensor, direct)).toBe(0);
        const sequences = layer.forward(tf.reshape(x, [2, 3, ...item]));
        expect(distance(sequences, tf.reshape(direct, [2, 3, size]))).toBeLessThan(1e-6);
        expect(layer.computeOutputShape([null, 3, ...item])).toEqual([null, 3, size]);
        layer.dispose();
      });
    });

    it("rejects inputs of a size other than it was built for", () => {
      tf.tidy(() => {
        const layer = make();
        layer.build([null, ...item]);
        const channels = item[item.length - 1];
        for (const size of [channels - 1, channels + 1, 2 * channels]) {
          if (size === 0) continue;
          const x = frames([2, ...item.slice(0, -1), size]);
          expect(() => layer.forward(x), String(size)).toThrow(ShapeError);
        }
        layer.dispose();
      });
    });

    it("throws after dispose that its weights have been freed", () => {
      const layer = make();
      layer.build([null, ...item]);
      layer.dispose();
      const x = frames([2, ...item]);
      expect(() => layer.forward(x)).toThrow(InvalidStateError);
      x.dispose();
    });

    it("treats integer and float inputs alike", () => {
      tf.tidy(() => {
        const layer = make();
        const x = frames([2, ...item]);
        expect(distance(layer.forward(x), layer.forward(tf.cast(x, "float32")))).toBe(0);
        layer.dispose();
      });
    });

    it("initialises the same weights from the same seed under stable names, even with another layer of its class", () => {
      const [first, second] = [make(), make()];
      first.build([null, ...item]);
      second.build([null, ...item]);
      expect(weightValues(first)).toEqual(weightValues(second));
      const names = [first, second].flatMap((layer) => [...layer.variables.values()].map(({ name }) => name));
      expect(new Set(names).size).toBe(names.length);
      first.dispose();
      second.dispose();
    });

    it("depends on the seed and has its name in the weights' names", () => {
      const layer = make();
      layer.build([null, ...item]);
      const config = { ...layer.getConfig(), seed: 2, name: "vision" };
      const Class = layer.constructor as new (options: object) => Block;
      const other = new Class(config);
      other.build([null, ...item]);
      const values = [layer, other].map((block) => Object.values(weightValues(block)));
      expect(values[0]).not.toEqual(values[1]);
      for (const name of other.variables.keys()) expect(name).toMatch(/^vision\/[a-z0-9/]+$/);
      layer.dispose();
      other.dispose();
    });

    it("trains, saves and loads in a sequential model", async () => {
      const layer = make();
      const model = tfl.sequential({
        layers: [tfl.layers.inputLayer({ inputShape: item }), layer, tfl.layers.dense({ units: 1 })],
      });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const before = weightValues(layer);
      const x = tf.cast(frames([4, ...item]), "float32");
      const y = tf.ones([4, 1]);
      await model.fit(tf.div(x, 255), y, { epochs: 1, verbose: 0, shuffle: false });
      expect(weightValues(layer)).not.toEqual(before);
      const loaded = await saveAndLoad(model);
      expect(loaded.layers[1].getConfig()).toEqual(layer.getConfig());
      expect([...(loaded.layers[1] as Block).variables.keys()]).toEqual([...layer.variables.keys()]);
      expect(distance(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor)).toBe(0);
      model.dispose();
      loaded.dispose();
      tf.dispose([x, y]);
    });

    it("has the gradients of finite differences", () => {
      const layer = make();
      const x = tf.tidy(() => tf.div(frames([2, ...item]), item.length === 1 ? 255 : 1)); // tanh must not saturate
      const loss = () => tf.tidy(() => tf.sum(tf.square(layer.forward(x)))) as tf.Scalar;
      loss().dispose();
      const { value, grads } = tf.variableGrads(loss);
      for (const [name, variable] of layer.variables) {
        const values = variable.dataSync<"float32">().slice();
        const gradient = grads[variable.name].dataSync();
        let index = 0;
        gradient.forEach((slope, i) => {
          if (Math.abs(slope) > Math.abs(gradient[index])) index = i;
        });
        const at = (step: number) => {
          const moved = values.slice();
          moved[index] += step;
          tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
          return tf.tidy(() => loss().dataSync()[0]);
        };
        const step = 1e-3;
        const numeric = (at(step) - at(-step)) / (2 * step);
        at(0);
        expect(Math.abs(numeric / gradient[index] - 1), name).toBeLessThan(0.02);
      }
      tf.dispose([value, grads, x]);
      layer.dispose();
    });

    it("frees its weights and leaks no tensors", () => {
      const x = frames([2, ...item]);
      const warm = make();
      warm.forward(x).dispose();
      warm.dispose();
      const before = tf.memory().numTensors;
      const layer = make();
      layer.forward(x).dispose();
      const built = tf.memory().numTensors;
      expect(built - before).toBe(layer.variables.size);
      layer.forward(x).dispose();
      const { value, grads } = tf.variableGrads(() => tf.sum(layer.forward(x)) as tf.Scalar);
      tf.dispose([value, grads]);
      expect(tf.memory().numTensors).toBe(built);
      layer.dispose();
      layer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      x.dispose();
    });
  });
}
