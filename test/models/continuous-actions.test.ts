import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CfCActorCritic,
  distributionSize,
  GaussianHead,
  MlpActorCritic,
  type NetworkActorCritic,
  type SpacesOptions,
} from "../../src/models/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { Box, Discrete, MultiDiscrete } from "../../src/spaces/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const observationSpace = new Box({ low: -1, high: 1, shape: [3] });
const actionSpace = new Box({ low: -2, high: 2, shape: [2] });
const models: [string, (options: SpacesOptions & { logStd?: number }) => NetworkActorCritic][] = [
  ["MlpActorCritic", (options) => new MlpActorCritic({ ...options, hiddenUnits: [16, 16] })],
  ["CfCActorCritic", (options) => new CfCActorCritic({ ...options, units: 8, backboneUnits: 16 })],
];

describe.each(models)("%s over continuous actions", (_, make) => {
  it("outputs means near zero and one log standard deviation for all states, a separate weight", () => {
    const model = make({ observationSpace, actionSpace, seed: 1, logStd: -0.5 });
    tf.tidy(() => {
      const { distribution, values } = model.apply(tf.randomNormal([4, 3, 3], 0, 1, "float32", 5));
      expect([distribution.shape, values.shape]).toEqual([
        [4, 3, 4],
        [4, 3],
      ]);
      const [means, logStd] = tf.split(distribution, 2, -1);
      expect(Array.from(logStd.dataSync())).toEqual(Array(24).fill(-0.5));
      expect(Math.max(...tf.abs(means).dataSync())).toBeLessThan(0.1);
      expect(Math.max(...tf.abs(means).dataSync())).toBeGreaterThan(0);
    });
    expect(model.variables.get("policy_head/log_std")?.shape).toEqual([2]);
    expect(model.toJSON().config.logStd).toBe(-0.5);
    model.dispose();
  });

  it("has an orthogonal policy head of gain 0.01", () => {
    const model = make({ observationSpace, actionSpace, seed: 2 });
    tf.tidy(() => {
      const kernel = model.variables.get("policy_head/kernel") as tf.Variable<tf.Rank.R2>;
      const gram = tf.matMul(kernel, kernel, true, false).dataSync();
      [1e-4, 0, 0, 1e-4].forEach((expected, i) => {
        expect(gram[i]).toBeCloseTo(expected, 9);
      });
    });
    model.dispose();
  });

  it("has a gradient for every weight, summed over the batch for the log standard deviation", () => {
    const model = make({ observationSpace, actionSpace, seed: 3 });
    const x = tf.randomNormal([2, 3, 3], 0, 1, "float32", 5);
    const { value, grads } = tf.variableGrads(() => {
      const { distribution, values } = model.apply(x);
      return tf.add(tf.sum(distribution), tf.sum(tf.square(values))) as tf.Scalar;
    }, [...model.variables.values()]);
    for (const [name, variable] of model.variables) {
      expect(Math.max(...grads[variable.name].dataSync().map(Math.abs)), name).toBeGreaterThan(0);
    }
    const logStd = model.variables.get("policy_head/log_std") as tf.Variable;
    expect(Array.from(grads[logStd.name].dataSync())).toEqual([6, 6]);
    tf.dispose([x, value, ...Object.values(grads)]);
    model.dispose();
  });

  it("leaks no tensors", () => {
    const use = () => {
      const model = make({ observationSpace, actionSpace, seed: 4 });
      tf.tidy(() => {
        model.apply(tf.zeros([2, 3, 3]));
      });
      model.dispose();
    };
    use();
    const before = tf.memory().numTensors;
    use();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("outputs the logits of all choices for MultiDiscrete", () => {
    const model = make({ observationSpace, actionSpace: new MultiDiscrete([3, 2]), seed: 1 });
    tf.tidy(() => {
      expect(model.apply(tf.zeros([1, 2, 3])).distribution.shape).toEqual([1, 2, 5]);
    });
    expect([...model.variables.keys()]).not.toContain("policy_head/log_std");
    model.dispose();
  });
});

describe("GaussianHead", () => {
  it("works in a tfjs model and serialises its options", async () => {
    const head = new GaussianHead({ units: 2, logStd: 0.25, seed: 0, inputShape: [3] });
    expect(head.computeOutputShape([null, 3])).toEqual([null, 4]);
    expect(head.getConfig()).toMatchObject({ units: 2, logStd: 0.25 });
    tf.tidy(() => {
      const out = head.apply(tf.zeros([5, 3])) as tf.Tensor;
      expect(Array.from(out.dataSync().subarray(0, 4))).toEqual([0, 0, 0.25, 0.25]);
    });
    head.dispose();
  });
});

describe("distributionSize", () => {
  it("returns the number of parameters of each kind of policy", () => {
    expect(distributionSize(new Discrete(4))).toBe(4);
    expect(distributionSize(new MultiDiscrete([3, 2]))).toBe(5);
    expect(distributionSize(actionSpace)).toBe(4);
  });
});
