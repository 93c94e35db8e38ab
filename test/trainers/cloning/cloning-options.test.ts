import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { type CloningOptions, resolveCloningOptions } from "../../../src/trainers/cloning/cloning-options.js";

const resolve = (options: object = {}) =>
  resolveCloningOptions({ dataset: {}, model: { numActions: 4 }, ...options } as CloningOptions);

describe("resolveCloningOptions", () => {
  it("has the guide's numbers by default", () => {
    expect(resolve()).toEqual({
      batchSize: 32,
      learningRate: 1e-4,
      adam: { epsilonMode: "keras" },
      maxGradNorm: null,
      classWeights: null,
      shuffle: true,
      mirrorActions: null,
    });
  });

  it("copies lists, so that later changes of them do nothing", () => {
    const [classWeights, mirrorActions] = [
      [1, 2, 3, 4],
      [0, 1, 3, 2],
    ];
    const resolved = resolve({ classWeights, mirrorActions });
    classWeights[0] = mirrorActions[0] = 9;
    expect([resolved.classWeights, resolved.mirrorActions]).toEqual([
      [1, 2, 3, 4],
      [0, 1, 3, 2],
    ]);
  });

  it.each<[object, RegExp]>([
    [{ maxGradNorm: -1 }, /maxGradNorm: expected a positive number or null/],
    [{ classWeights: [1, 2] }, /classWeights: expected 4 numbers of at least 0, received \[1, 2\]/],
    [{ classWeights: [1, 1, 1, -1] }, /classWeights/],
    [{ mirrorActions: [0, 1, 2, 2] }, /mirrorActions/],
    [{ learning_rate: 1 }, /learningRate/],
    [{ epochs: 3 }, /epochs/],
  ])("names %j", (options, message) => {
    expect(() => resolve(options)).toThrow(InvalidArgumentError);
    expect(() => resolve(options)).toThrow(message);
  });
});
