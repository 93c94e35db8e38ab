import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { cfcActivations } from "../../../src/recurrent/ops/activations.js";
import { type CfCScanOptions, cfcScan } from "../../../src/recurrent/ops/cfc-scan.js";
import { cfcFlavours, cfcModes } from "../../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  difference,
  evaluate,
  flags,
  lossOf,
  makeProblem,
  parametersOf,
  randomTensor,
  referenceScan,
  type Scan,
  withParameters,
} from "./cfc-reference.js";

const scan: Scan = (problem) => cfcScan(problem);

// The error relative to the tensor's largest value, if that is above 1 (the tf flavour is unbounded).
function expectSame(actual: Record<string, Float32Array>, expected: Record<string, Float32Array>) {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const name in expected) {
    const scale = expected[name].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(difference(actual[name], expected[name]) / scale, name).toBeLessThan(5e-6);
  }
}

const resetRows = [
  [0, 0, 1, 0],
  [1, 0, 0, 0],
  [0, 0, 0, 0],
];
const maskRows = [
  [1, 1, 0, 0],
  [1, 0, 1, 1],
  [1, 1, 1, 1],
];

describe.each(["wasm", "cpu"] as const)("cfcScan on %s", (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const variants = cfcModes.flatMap((mode) =>
    cfcFlavours.flatMap((flavour) => [0, 1, 2].map((backboneLayers) => ({ mode, flavour, backboneLayers }))),
  );

  it.each(variants)("equals taped single steps: %o", (variant) => {
    const problem = makeProblem(variant);
    expectSame(evaluate(scan, problem), evaluate(referenceScan, problem));
  });

  it.each(cfcActivations)("equals taped single steps with %s", (activation) => {
    const problem = makeProblem({ activation, backboneLayers: 2 });
    expectSame(evaluate(scan, problem), evaluate(referenceScan, problem));
  });

  it.each(variants)("equals taped single steps with resets, mask and elapsed time: %o", (variant) => {
    const elapsed = tf.abs(randomTensor<tf.Rank.R2>(new Random(5), [3, 4]));
    const problem = makeProblem({ ...variant, elapsed, resets: flags(resetRows), mask: flags(maskRows) });
    expectSame(evaluate(scan, problem), evaluate(referenceScan, problem));
  });

  it.each(cfcModes)("accepts every form of elapsed time, %s", (mode) => {
    for (const shape of [[3], [3, 4], [3, 4, 1]]) {
      const elapsed = tf.abs(randomTensor(new Random(6), shape as [number]));
      const problem = makeProblem({ mode, elapsed });
      expectSame(evaluate(scan, problem), evaluate(referenceScan, problem));
      if (shape.length < 3) {
        const nested = cfcScan({ ...problem, elapsed: elapsed.arraySync() as number[] | number[][] });
        expect(difference(nested.outputs.dataSync(), cfcScan(problem).outputs.dataSync())).toBe(0);
      }
    }
    const fixed = makeProblem({ mode, elapsed: 0.4 });
    expectSame(evaluate(scan, fixed), evaluate(referenceScan, fixed));
  });

  it("runs a single step with all options", () => {
    for (const mode of cfcModes) {
      const elapsed = tf.tensor([0.5, 2, 1]);
      const resets = flags([[1], [0], [0]]);
      const mask = flags([[1], [0], [1]]);
      const problem = makeProblem({ mode, steps: 1, elapsed, resets, mask });
      expectSame(evaluate(scan, problem), evaluate(referenceScan, problem));
    }
  });

  it("agrees with finite differences", () => {
    for (const mode of cfcModes) {
      const problem = makeProblem({
        mode,
        steps: 3,
        elapsed: tf.tensor([0.5, 2, 1]),
        mask: flags(maskRows.map((row) => row.slice(1))),
      });
      const named = parametersOf(problem);
      const gradients = evaluate(scan, problem);
      const random = new Random(3);
      for (const name in named) {
        const direction = randomTensor(random, named[name].shape as [number]);
        const lossAt = (step: number) =>
          lossOf(
            scan,
            withParameters(problem, { ...named, [name]: tf.add(named[name], tf.mul(direction, step)) }),
          ).dataSync()[0];
        const step = 1e-2;
        const numeric = (lossAt(step) - lossAt(-step)) / (2 * step);
        const exact = direction
          .dataSync<"float32">()
          .reduce((sum, value, i) => sum + value * gradients[`d ${name}`][i], 0);
        expect(Math.abs(numeric - exact), `${mode} ${name}`).toBeLessThan(
          5e-3 * Math.max(1, Math.abs(exact)),
        );
      }
    }
  });
});

describe("cfcScan", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  function part(problem: CfCScanOptions, from: number, to: number, state: tf.Tensor2D) {
    const x = tf.slice(problem.x, [0, from, 0], [-1, to - from, -1]);
    return cfcScan({ ...problem, x, state, resets: undefined, mask: undefined });
  }

  it("returns the golden values of both flavours", () => {
    const kernel = (inputs: number, outputs: number, s: number) =>
      Array.from({ length: inputs }, (_, i) =>
        Array.from({ length: outputs }, (_, j) => 0.3 * Math.sin((i * outputs + j) * s)),
      );
    const heads = [0.3, 0.5, 0.9, 1.1].map((s) => kernel(4, 2, s));
    const weights = {
      backbone: [{ kernel: tf.tensor2d(kernel(5, 4, 0.7)), bias: tf.fill([4], 0.01) as tf.Tensor1D }],
      heads: {
        kernel: tf.concat2d(
          heads.map((rows) => tf.tensor2d(rows)),
          1,
        ),
        bias: tf.tensor1d([0.02, 0.02, -0.03, -0.03, 0.04, 0.04, -0.05, -0.05]),
      },
    };
    const x = tf.tensor3d([
      [
        [0.1, -0.2, 0.3],
        [0.5, 0, -0.4],
      ],
    ]);
    const state = tf.zeros([1, 2]) as tf.Tensor2D;
    const golden = {
      tf: [0.09120993, 0.06020869, 0.04437052, 0.05929635],
      torch: [0.09142212, 0.06125979, 0.0429823, 0.0577161],
    };
    for (const flavour of cfcFlavours) {
      const { outputs } = cfcScan({ x, state, weights, flavour });
      expect(difference(outputs.dataSync(), golden[flavour])).toBeLessThan(1e-7);
    }
  });

  it("gives the same for a sequence, its single steps and its chunks with carried state", () => {
    const problem = makeProblem({ steps: 7 });
    const whole = cfcScan(problem);
    for (const size of [1, 3]) {
      let state = problem.state;
      const outputs: tf.Tensor3D[] = [];
      for (let from = 0; from < 7; from += size) {
        const chunk = part(problem, from, Math.min(7, from + size), state);
        outputs.push(chunk.outputs);
        state = chunk.state;
      }
      expect(difference(tf.concat(outputs, 1).dataSync(), whole.outputs.dataSync())).toBeLessThan(1e-6);
      expect(difference(state.dataSync(), whole.state.dataSync())).toBeLessThan(1e-6);
    }
  });

  it("gives the same for a row of a batch and for that row alone", () => {
    const problem = makeProblem({ batch: 4, elapsed: tf.tensor([1, 0.5, 2, 3]) });
    const whole = cfcScan(problem).outputs;
    for (let row = 0; row < 4; row++) {
      const take = <T extends tf.Tensor>(x: T): T => tf.slice(x, row, 1);
      const alone = cfcScan({
        ...problem,
        x: take(problem.x),
        state: take(problem.state),
        elapsed: take(problem.elapsed as tf.Tensor),
      });
      expect(difference(alone.outputs.dataSync(), take(whole).dataSync())).toBeLessThan(1e-6);
    }
  });

  it("with resets equals separate sequences, and no gradient crosses a reset", () => {
    const problem = makeProblem({ batch: 1, steps: 6, resets: flags([[0, 0, 0, 1, 0, 0]]) });
    const whole = cfcScan(problem);
    const zero = tf.zerosLike(problem.state);
    const pieces = [part(problem, 0, 3, problem.state), part(problem, 3, 6, zero)];
    const joined = tf.concat(
      pieces.map(({ outputs }) => outputs),
      1,
    );
    expect(difference(whole.outputs.dataSync(), joined.dataSync())).toBeLessThan(1e-6);
    expect(difference(whole.state.dataSync(), pieces[1].state.dataSync())).toBeLessThan(1e-6);
    const dState = tf.grad((state) =>
      tf.sum(tf.square(cfcScan({ ...problem, state: state as tf.Tensor2D }).state)),
    )(problem.state);
    expect(Array.from(dState.dataSync())).toEqual(new Array(5).fill(0));
  });

  it("with a mask carries the state, and skipped steps get no gradient", () => {
    const problem = makeProblem({ batch: 1, steps: 5, mask: flags([[1, 1, 0, 1, 0]]) });
    const whole = cfcScan(problem);
    const start = part(problem, 0, 2, problem.state);
    const end = part(problem, 3, 4, start.state);
    const carried = tf.concat([start.outputs, tf.expandDims(start.state, 1), end.outputs, end.outputs], 1);
    expect(difference(whole.outputs.dataSync(), carried.dataSync())).toBeLessThan(1e-6);
    expect(difference(whole.state.dataSync(), end.state.dataSync())).toBeLessThan(1e-6);
    const dx = tf.grad((x) => tf.sum(tf.square(cfcScan({ ...problem, x: x as tf.Tensor3D }).outputs)))(
      problem.x,
    );
    const perStep = tf.sum(tf.abs(dx), [0, 2]).dataSync();
    expect(Array.from(perStep, (sum) => sum > 0)).toEqual([true, true, false, true, false]);
  });

  it("ignores the values at skipped steps and equals the unmasked scan if nothing is skipped", () => {
    const problem = makeProblem({ mask: flags(maskRows) });
    const noise = tf.mul(
      randomTensor<tf.Rank.R3>(new Random(9), [3, 4, 3], 50),
      tf.expandDims(tf.sub(1, tf.cast(problem.mask!, "float32")), 2),
    );
    const loud = { ...problem, x: tf.add<tf.Tensor3D>(problem.x, noise) };
    const [quietValues, loudValues] = [evaluate(scan, problem), evaluate(scan, loud)];
    for (const name in quietValues)
      expect(difference(quietValues[name], loudValues[name]), name).toBeLessThan(1e-6);
    const open = cfcScan({ ...problem, mask: tf.ones([3, 4]), resets: tf.zeros([3, 4]) });
    const plain = cfcScan({ ...problem, mask: undefined });
    expect(difference(open.outputs.dataSync(), plain.outputs.dataSync())).toBe(0);
  });

  it("accepts integer inputs and boolean flags", () => {
    const problem = makeProblem({});
    const x = tf.cast(tf.mul(problem.x, 3), "int32") as tf.Tensor3D;
    const mask = tf.cast(flags(maskRows), "bool");
    const actual = cfcScan({ ...problem, x, mask });
    const expected = referenceScan({ ...problem, x: tf.cast(x, "float32"), mask });
    expect(difference(actual.outputs.dataSync(), expected.outputs.dataSync())).toBeLessThan(1e-6);
  });

  it("leaks no tensors", () => {
    const problem = makeProblem({
      mode: "default",
      elapsed: tf.ones([3, 4]),
      mask: flags(maskRows),
      resets: flags(resetRows),
    });
    const forward = () => {
      const { outputs, state } = cfcScan(problem);
      tf.dispose([outputs, state]);
    };
    evaluate(scan, problem);
    forward();
    const before = tf.memory().numTensors;
    evaluate(scan, problem);
    forward();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("names the invalid argument", () => {
    const problem = makeProblem({});
    const attempt = (change: object) => () => cfcScan({ ...problem, ...change });
    const wrongShapes: [string, object][] = [
      ["x", { x: tf.zeros([3, 4]) }],
      ["x", { x: tf.zeros([3, 0, 3]) }],
      ["state", { state: tf.zeros([2, 5]) }],
      ["weights.backbone[0].kernel", { x: tf.zeros([3, 4, 9]) }],
      ["resets", { resets: tf.zeros([4, 3]) }],
      ["mask", { mask: tf.zeros([3, 4, 1]) }],
      ["elapsed", { elapsed: tf.zeros([4]) }],
      ["elapsed", { elapsed: [1, 1] }],
      [
        "elapsed[1]",
        {
          elapsed: [
            [1, 1, 1, 1],
            [1, 1],
            [1, 1, 1, 1],
          ],
        },
      ],
    ];
    for (const [argument, change] of wrongShapes) {
      expect(attempt(change), argument).toThrow(ShapeError);
      expect(attempt(change)).toThrow(`${argument}: expected`);
    }
    const wrongValues: [string, object][] = [
      ["mode", { mode: "gated" }],
      ["flavour", { flavour: "jax" }],
      ["activation", { activation: "selu" }],
      ["elapsed", { elapsed: -1 }],
      ["elapsed", { elapsed: Number.NaN }],
      ["elapsed", { elapsed: [1, Number.NaN, 1] }],
      ["elapsed", { elapsed: Float32Array.of(1, 1, 1) }],
      [
        "weights",
        {
          mode: "pure",
          weights: { ...problem.weights, heads: { kernel: tf.zeros([6, 5]), bias: tf.zeros([5]) } },
        },
      ],
    ];
    for (const [argument, change] of wrongValues) {
      expect(attempt(change), argument).toThrow(InvalidArgumentError);
      expect(attempt(change)).toThrow(`${argument}: `);
    }
  });
});
