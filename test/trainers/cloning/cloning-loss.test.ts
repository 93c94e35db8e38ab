import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { balancedClassWeights, sequenceCrossEntropy } from "../../../src/trainers/cloning/cloning-loss.js";

beforeAll(() => useBackend("wasm"));

describe("sequenceCrossEntropy", () => {
  const logits = () =>
    tf.tensor3d([
      [
        [1, 2, 3],
        [0, 0, 0],
        [9, 9, 0],
      ],
    ]); // prettier-ignore
  const actions = () => tf.tensor2d([[0, 1, 2]], [1, 3], "int32");
  const each = [
    Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 1,
    Math.log(3),
    Math.log(2 * Math.exp(9) + 1),
  ];

  it("is the mean over all steps", () => {
    const expected = (each[0] + each[1] + each[2]) / 3;
    expect(sequenceCrossEntropy(logits(), actions()).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it("ignores masked steps and weights classes as torch does", () => {
    const mask = tf.tensor2d([[1, 1, 0]]);
    const masked = sequenceCrossEntropy(logits(), actions(), { mask });
    expect(masked.dataSync()[0]).toBeCloseTo((each[0] + each[1]) / 2, 5);
    const weighted = sequenceCrossEntropy(logits(), actions(), { mask, classWeights: [3, 1, 50] });
    expect(weighted.dataSync()[0]).toBeCloseTo((3 * each[0] + each[1]) / 4, 5);
  });

  it.each([
    ["mask", { mask: [0, 0, 0], classWeights: undefined }],
    ["class weights", { mask: [1, 1, 0], classWeights: [0, 0, 1] }],
  ])("is 0 with zero gradient when the %s exclude every step", (_, { mask, classWeights }) => {
    const options = { mask: tf.tensor2d([mask]), classWeights };
    const { value, grad } = tf.valueAndGrad((x) =>
      sequenceCrossEntropy(x as tf.Tensor3D, actions(), options),
    )(logits());
    expect(value.dataSync()[0]).toBe(0);
    expect([...grad.dataSync()].every((slope) => slope === 0)).toBe(true);
  });

  it("has the gradient softmax minus one-hot, over the number of steps, and none at masked ones", () => {
    const mask = tf.tensor2d([[1, 1, 0]]);
    const gradient = tf.grad((x) => sequenceCrossEntropy(x as tf.Tensor3D, actions(), { mask }))(logits());
    const softmax = tf.softmax(logits()).dataSync();
    const expected = Array.from(softmax, (p, i) => (i >= 6 ? 0 : (p - (i === 0 || i === 4 ? 1 : 0)) / 2));
    gradient.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });

  it("balancedClassWeights gives each class the same total weight", () => {
    const weights = balancedClassWeights([6, 0, 2]);
    expect(weights[1]).toBe(0);
    expect(6 * weights[0]).toBeCloseTo(2 * weights[2]);
    expect(6 * weights[0] + 2 * weights[2]).toBeCloseTo(8);
  });

  it("leaves no tensors but the loss", () => {
    const [x, y, mask] = [logits(), actions(), tf.tensor2d([[1, 1, 0]])];
    const before = tf.memory().numTensors;
    sequenceCrossEntropy(x, y, { mask, classWeights: [1, 2, 3] }).dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, y, mask]);
  });
});
