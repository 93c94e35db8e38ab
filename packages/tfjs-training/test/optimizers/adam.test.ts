import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { Adam, AdamW } from "../../src/optimizers/index.js";
import { kerasAdam, torchAdam } from "./reference.js";
import { expectReference, makeVariables, step, valuesOf } from "./train.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const numbers = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };

describe("agrees with loops in double precision over 20 steps", () => {
  it("epsilon as in torch", () => {
    expectReference(new Adam({ epsilon: 1e-3 }), { learningRate: 0.01 }, () => torchAdam(numbers));
  });

  it("epsilon as in Keras", () => {
    const optimizer = new Adam({ epsilon: 1e-3, epsilonMode: "keras" });
    expectReference(optimizer, { learningRate: 0.01 }, () => kerasAdam(numbers));
  });

  it("other decays", () => {
    const other = { ...numbers, beta1: 0.5, beta2: 0.9, epsilon: 1e-5 };
    const optimizer = new Adam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-5 });
    expectReference(optimizer, { learningRate: 0.01 }, () => torchAdam(other));
  });

  it("clipped by the norm", () => {
    const options = { learningRate: 0.01, maxGradNorm: 0.5 };
    expectReference(new Adam({ epsilon: 1e-3 }), options, () => torchAdam(numbers));
    expectReference(new Adam({ epsilon: 1e-3 }), { ...options, skipNonFinite: true }, () =>
      torchAdam(numbers),
    );
  });
});

it.each([
  ["torch", 1e-8, torchAdam],
  ["keras", 1e-7, kerasAdam],
] as const)(
  "the default epsilon of %s is %f: it decides the step of tiny gradients",
  (epsilonMode, epsilon, rule) => {
    const variables = { w: tf.variable(tf.scalar(0)) };
    new Adam({ epsilonMode }).applyGradients({ w: tf.scalar(1e-8) }, variables, { learningRate: 1 });
    expect(variables.w.dataSync()[0] / -rule({ ...numbers, learningRate: 1, epsilon })(1e-8, 1)).toBeCloseTo(
      1,
      5,
    );
  },
);

it("the two places of epsilon differ", () => {
  const [a, b] = (["torch", "keras"] as const).map((epsilonMode) => {
    const variables = makeVariables();
    step(new Adam({ epsilon: 1e-3, epsilonMode }), variables, 1, { learningRate: 0.01 });
    return valuesOf(variables).kernel;
  });
  expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeGreaterThan(1e-5);
});

it("agrees with tfjs's own Adam on a nonlinear loss", () => {
  const ours = makeVariables();
  const theirs = makeVariables();
  const optimizer = new Adam({ epsilon: 1e-4 });
  const reference = tf.train.adam(0.01, 0.9, 0.999, 1e-4);
  const gradients = (variables: Map<string, tf.Variable>) => {
    const loss = () =>
      tf.addN([...variables.values()].map((variable) => tf.sum(tf.sin(variable)))) as tf.Scalar;
    return tf.variableGrads(loss, [...variables.values()]).grads;
  };
  for (let t = 1; t <= 20; t++) {
    tf.tidy(() => {
      reference.applyGradients(gradients(theirs) as Record<string, tf.Variable>);
      const named = gradients(ours);
      const byName = new Map([...ours].map(([name, variable]) => [name, named[variable.name]]));
      optimizer.applyGradients(byName, ours, { learningRate: 0.01 });
    });
  }
  const expected = valuesOf(theirs);
  const start = valuesOf(makeVariables());
  for (const [name, values] of Object.entries(valuesOf(ours))) {
    values.forEach((value, i) => {
      expect(Math.abs(value - start[name][i])).toBeGreaterThan(0.01);
      expect(Math.abs(value - expected[name][i])).toBeLessThan(2e-6);
    });
  }
});

describe("decoupled weight decay", () => {
  it("agrees with the rule of torch.optim.AdamW, for the variables that decay", () => {
    const learningRate = 0.05;
    const variables = { kernel: tf.variable(tf.scalar(2)), bias: tf.variable(tf.scalar(2)) };
    const optimizer = new AdamW({ epsilon: 1e-3, decays: (name) => name !== "bias" });
    const expected = { kernel: 2, bias: 2 };
    const rules = {
      kernel: torchAdam({ ...numbers, learningRate }),
      bias: torchAdam({ ...numbers, learningRate }),
    };
    for (let t = 1; t <= 20; t++) {
      const g = Math.sin(t);
      optimizer.applyGradients({ kernel: tf.scalar(g), bias: tf.scalar(g) }, variables, { learningRate });
      expected.kernel *= 1 - learningRate * 0.01;
      expected.kernel -= rules.kernel(g, t);
      expected.bias -= rules.bias(g, t);
    }
    expect(variables.kernel.dataSync()[0]).toBeCloseTo(expected.kernel, 5);
    expect(variables.bias.dataSync()[0]).toBeCloseTo(expected.bias, 5);
    expect(Math.abs(expected.kernel - expected.bias)).toBeGreaterThan(1e-3);
  });

  it("rejects negative numbers", () => {
    expect(() => new Adam({ weightDecay: -1 })).toThrow("weightDecay");
  });
});

it("rejects options out of range", () => {
  expect(() => new Adam({ beta1: 1 })).toThrow("beta1: expected a number in [0, 1), received 1");
  expect(() => new Adam({ beta2: -0.1 })).toThrow("beta2");
  expect(() => new Adam({ epsilon: Number.NaN })).toThrow("epsilon");
});
