import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { Adam, type Optimizer, RMSProp, SGD } from "../../src/optimizers/index.js";
import { torchAdam } from "./reference.js";
import { gradientsOf, makeVariables, shapes, step, valuesOf } from "./train.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const kinds: [string, () => Optimizer][] = [
  ["Adam", () => new Adam()],
  ["RMSProp", () => new RMSProp({ centered: true, momentum: 0.9, epsilon: 0.01 })],
  ["SGD", () => new SGD({ momentum: 0.9 })],
];
const options = { learningRate: 0.01, maxGradNorm: 1 };
const names = Object.keys(shapes);

describe.each(kinds)("%s", (_, make) => {
  it("continues bit for bit from a saved state", () => {
    const variables = makeVariables();
    const optimizer = make();
    for (let t = 1; t <= 5; t++) step(optimizer, variables, t, options);
    const state = structuredClone(optimizer.getState());
    const weights = valuesOf(variables);
    for (let t = 6; t <= 10; t++) step(optimizer, variables, t, options);

    const resumed = makeVariables();
    for (const [name, variable] of resumed) variable.assign(tf.tensor(weights[name], shapes[name]));
    const other = make();
    other.setState(state);
    expect(other.getState()).toEqual(state);
    for (let t = 6; t <= 10; t++) step(other, resumed, t, options);
    expect(valuesOf(resumed)).toEqual(valuesOf(variables));
    expect(other.getState()).toEqual(optimizer.getState());
  });

  it("does not depend on the order of variables", () => {
    const results = [names, [...names].reverse()].map((order) => {
      const variables = makeVariables(order);
      const optimizer = make();
      for (let t = 1; t <= 5; t++) step(optimizer, variables, t, options);
      return valuesOf(variables);
    });
    expect(results[1]).toEqual(results[0]);
  });

  it("keeps moments by name when sets of variables alternate", () => {
    const together = makeVariables();
    const apart = makeVariables();
    const [first, second] = [names.slice(0, 2), names.slice(2)].map(
      (group) => new Map(group.map((name) => [name, apart.get(name)!])),
    );
    const [one, two] = [make(), make()];
    for (let t = 1; t <= 5; t++) {
      step(one, together, t, { learningRate: 0.01 });
      step(two, first, t, { learningRate: 0.01 });
      step(two, second, t, { learningRate: 0.01 });
    }
    expect(valuesOf(apart)).toEqual(valuesOf(together));
  });

  it("accepts records as well as maps", () => {
    const variables = makeVariables();
    const expected = makeVariables();
    step(make(), expected, 1, options);
    const gradients = Object.fromEntries(
      [...gradientsOf(1)].map(([name, values]) => [name, tf.tensor(values, shapes[name])]),
    );
    make().applyGradients(gradients, Object.fromEntries(variables), options);
    expect(valuesOf(variables)).toEqual(valuesOf(expected));
  });

  it("leaks no tensors", () => {
    const variables = makeVariables();
    const before = tf.memory().numTensors;
    const optimizer = make();
    step(optimizer, variables, 1, options);
    const held = tf.memory();
    for (let t = 2; t <= 200; t++) step(optimizer, variables, t, options);
    optimizer.getState();
    expect(tf.memory()).toEqual(held);
    optimizer.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => step(optimizer, variables, 1, options)).toThrow("after dispose");
  });

  it("leaks no tensors when sets of variables change or a state is restored", () => {
    const variables = makeVariables();
    const fewer = new Map([...variables].slice(1));
    const optimizer = make();
    step(optimizer, variables, 1, options);
    const held = tf.memory().numTensors;
    for (let t = 2; t <= 20; t++) {
      step(optimizer, t % 2 ? variables : fewer, t, options);
      optimizer.setState(optimizer.getState());
      step(optimizer, variables, t, options);
    }
    expect(tf.memory().numTensors).toBe(held);
  });

  it("agrees on cpu and wasm", async () => {
    const results: Record<string, number[]>[] = [];
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      const variables = makeVariables();
      const optimizer = make();
      for (let t = 1; t <= 5; t++) step(optimizer, variables, t, options);
      results.push(valuesOf(variables));
    }
    for (const name of names) {
      results[0][name].forEach((value, i) => {
        expect(Math.abs(value - results[1][name][i])).toBeLessThan(1e-5);
      });
    }
  });
});

it("starts a separate bias correction for a variable added later", () => {
  const variables = makeVariables();
  const optimizer = new Adam();
  const { bias, ...others } = Object.fromEntries(variables);
  for (let t = 1; t <= 3; t++) step(optimizer, new Map(Object.entries(others)), t, { learningRate: 0.01 });
  const before = Array.from(bias.dataSync());
  step(optimizer, variables, 4, { learningRate: 0.01 });
  const gradients = gradientsOf(4).get("bias")!;
  bias.dataSync().forEach((value, i) => {
    const rule = torchAdam({ learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    expect(Math.abs(value - (before[i] - rule(gradients[i], 1)))).toBeLessThan(1e-6);
  });
});

describe("norm and non-finite gradients", () => {
  it("returns the norm before clipping", () => {
    const norm = step(new SGD(), makeVariables(), 1, { learningRate: 0, maxGradNorm: 0.1 });
    const all = [...gradientsOf(1).values()].flat();
    expect(norm / Math.hypot(...all)).toBeCloseTo(1, 5);
  });

  it("does not scale gradients below the norm", () => {
    const [clipped, plain] = [1e6, undefined].map((maxGradNorm) => {
      const variables = makeVariables();
      step(new SGD(), variables, 1, { learningRate: 0.1, maxGradNorm });
      return valuesOf(variables);
    });
    expect(clipped).toEqual(plain);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("skips a gradient of %f with skipNonFinite", (bad) => {
    const variables = new Map([["w", tf.variable(tf.tensor1d([1, 2]))]]);
    const optimizer = new Adam();
    const good = { w: tf.tensor1d([1, 1]) };
    optimizer.applyGradients(good, variables, { learningRate: 0.1 });
    const [weights, state] = [valuesOf(variables), optimizer.getState()];
    const result = optimizer.applyGradients({ w: tf.tensor1d([1, bad]) }, variables, {
      learningRate: 0.1,
      maxGradNorm: 1,
      skipNonFinite: true,
    });
    expect(result.applied).toBe(false);
    expect(Number.isFinite(result.gradNorm.dataSync()[0])).toBe(false);
    expect(valuesOf(variables)).toEqual(weights);
    expect(optimizer.getState()).toEqual(state);
    expect(
      optimizer.applyGradients(good, variables, { learningRate: 0.1, skipNonFinite: true }).applied,
    ).toBe(true);
  });
});

describe("invalid input", () => {
  const variables = () => ({ a: tf.variable(tf.zeros([2])), b: tf.variable(tf.zeros([3])) });
  const rate = { learningRate: 0.1 };

  it("a missing, superfluous or wrongly shaped gradient changes nothing", () => {
    const targets = variables();
    const optimizer = new Adam();
    const a = tf.ones([2]);
    const b = tf.ones([3]);
    expect(() => optimizer.applyGradients({ a }, targets, rate)).toThrow(
      'expected one for "b", received none',
    );
    expect(() => optimizer.applyGradients({ a, b, c: a }, targets, rate)).toThrow('received "c"');
    expect(() => optimizer.applyGradients({ a, b: a }, targets, rate)).toThrow(
      'gradients of "b": expected shape [3], received [2]',
    );
    expect(Array.from(targets.a.dataSync())).toEqual([0, 0]);
    optimizer.applyGradients({ a, b }, targets, rate);
    expect(optimizer.getState()).toMatchObject({ variables: { a: { steps: 1 }, b: { steps: 1 } } });
  });

  it("options out of range, no variables", () => {
    const gradients = { a: tf.ones([2]), b: tf.ones([3]) };
    const apply = (more: object) => () =>
      new SGD().applyGradients(gradients, variables(), { learningRate: 0.1, ...more });
    expect(apply({ learningRate: Number.NaN })).toThrow("learningRate");
    expect(apply({ learningRate: -1 })).toThrow("learningRate");
    expect(apply({ maxGradNorm: 0 })).toThrow("maxGradNorm");
    expect(() => new SGD().applyGradients({}, {}, rate)).toThrow("at least one");
  });

  it("a state of another optimizer, an incomplete one, one of other shapes", () => {
    const adam = new Adam();
    adam.applyGradients({ w: tf.ones([2]) }, { w: tf.variable(tf.zeros([2])) }, rate);
    const state = adam.getState();
    expect(() => new RMSProp().setState(state)).toThrow(
      "expected the state of RMSProp, received that of Adam",
    );
    expect(() =>
      new Adam().setState({ kind: "Adam", count: 1, variables: { w: { steps: 1, moments: {} } } }),
    ).toThrow('"w"');
    const other = new Adam();
    other.setState(state);
    expect(() => other.applyGradients({ w: tf.ones([3]) }, { w: tf.variable(tf.zeros([3])) }, rate)).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
  });
});
