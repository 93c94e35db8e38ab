import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LTCRangeName, ltcRanges } from "../../src/cells/ltc-ranges.js";
import { createLTCWeights, type LTCMapping } from "../../src/cells/ltc-weights.js";
import { OwnWeights } from "../../src/cells/own-weights.js";
import { Random } from "../../src/core/random.js";
import type { LTCWeights } from "../../src/recurrent/ops/ltc-problem.js";
import { AutoNCP } from "../../src/wirings/index.js";

const wiring = new AutoNCP({ units: 8, outputSize: 2 }).build(3);
let own: OwnWeights;
function made(inputMapping: LTCMapping = "affine", outputMapping: LTCMapping = "affine"): LTCWeights {
  own = new OwnWeights(new Random(9));
  const options = { wiring: { ...wiring, outputDim: 2 }, inputMapping, outputMapping, ranges: ltcRanges };
  return createLTCWeights({ ...options, random: new Random(1) }, own.create);
}

describe("createLTCWeights", () => {
  beforeAll(() => tf.setBackend("cpu"));
  afterEach(() => own.dispose());

  it("draws every weight from its range", () => {
    const weights = made();
    for (const [name, [low, high]] of Object.entries(ltcRanges)) {
      const values = weights[name as LTCRangeName].dataSync();
      const [least, most] = [Math.min(...values), Math.max(...values)];
      expect(least, name).toBeGreaterThanOrEqual(Math.fround(low));
      expect(most, name).toBeLessThanOrEqual(high);
      expect(most - least, name).toBeGreaterThan(0.3 * (high - low));
    }
  });

  it("takes the polarities of the wiring as reversal potentials", () => {
    const { erev, sensoryErev } = made();
    expect([...erev.dataSync()]).toEqual([...wiring.adjacency]);
    expect([...sensoryErev.dataSync()]).toEqual([...wiring.sensoryAdjacency]);
    expect([erev.shape, sensoryErev.shape]).toEqual([
      [8, 8],
      [3, 8],
    ]);
  });

  it("begins mappings as the identity, and makes those that were asked for", () => {
    const weights = made("affine", "linear");
    expect([...weights.inputW!.dataSync()]).toEqual([1, 1, 1]);
    expect([...weights.inputB!.dataSync()]).toEqual([0, 0, 0]);
    expect([...weights.outputW!.dataSync()]).toEqual([1, 1]);
    expect(weights.outputB).toBeUndefined();
    own.dispose();
    const none = made("none", "none");
    expect([none.inputW, none.inputB, none.outputW, none.outputB]).toEqual(new Array(4).fill(undefined));
  });

  it("leaves no tensors but the weights", () => {
    const before = tf.memory().numTensors;
    made();
    expect(tf.memory().numTensors - before).toBe(own.variables.size);
  });
});
