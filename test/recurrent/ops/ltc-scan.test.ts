import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../../src/core/errors.js";
import { ltcComposed } from "../../../src/recurrent/ops/ltc-composed.js";
import { ltcOperation } from "../../../src/recurrent/ops/ltc-operation.js";
import { dynamicsNames, type LTCSettings, type LTCTensors } from "../../../src/recurrent/ops/ltc-problem.js";
import { type LTCScanOptions, ltcScan } from "../../../src/recurrent/ops/ltc-scan.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { difference, drawSynapses, drawWeights } from "./ltc-problem.js";

const [batch, steps, inputs, units, motors] = [8, 6, 3, 5, 2];
const wiring = drawSynapses(units, inputs, motors);

function problem(): LTCScanOptions {
  return {
    x: tf.randomNormal([batch, steps, inputs], 0, 1, "float32", 1),
    state: tf.randomNormal([batch, units], 0, 0.5, "float32", 2),
    weights: drawWeights(wiring),
    wiring,
  };
}

const times = (seed: number) => tf.randomUniform([batch, steps], 0.1, 2, "float32", seed);

function part(x: tf.Tensor, begin: number[], size: number[]): number[] {
  return Array.from(tf.slice(x, begin, size).dataSync());
}

describe.each(["wasm", "cpu"] as const)("ltcScan on %s", (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it("gives the same as single steps", () => {
    tf.tidy(() => {
      const options = problem();
      const elapsed = times(3);
      const whole = ltcScan({ ...options, elapsed });
      let { state } = options;
      for (let t = 0; t < steps; t++) {
        const x = tf.slice(options.x, [0, t, 0], [batch, 1, inputs]);
        const step = ltcScan({ ...options, x, state, elapsed: tf.slice(elapsed, [0, t], [batch, 1]) });
        expect(
          difference(step.outputs.dataSync(), part(whole.outputs, [0, t, 0], [batch, 1, motors])),
        ).toBeLessThan(1e-6);
        state = step.state;
      }
      expect(difference(state.dataSync(), whole.state.dataSync())).toBeLessThan(1e-6);
    });
  });

  it("runs eight sequences with separate times like each alone", () => {
    tf.tidy(() => {
      const options = problem();
      const elapsed = times(3);
      const whole = ltcScan({ ...options, elapsed: tf.reshape(elapsed, [batch, steps, 1]) });
      for (let b = 0; b < batch; b++) {
        const alone = ltcScan({
          ...options,
          x: tf.slice(options.x, [b, 0, 0], [1, -1, -1]),
          state: tf.slice(options.state, [b, 0], [1, -1]),
          elapsed: tf.slice(elapsed, [b, 0], [1, -1]).arraySync() as number[][],
        });
        expect(alone.outputs.dataSync()).toEqual(tf.slice(whole.outputs, b, 1).dataSync());
        expect(alone.state.dataSync()).toEqual(tf.slice(whole.state, b, 1).dataSync());
      }
    });
  });

  it("starts from zeros at resets and carries the state over masked steps", () => {
    tf.tidy(() => {
      const options = problem();
      const column = (flags: number[]) => tf.tile(tf.tensor2d([flags]), [batch, 1]);
      const cut = ltcScan({ ...options, resets: column([0, 0, 0, 1, 0, 0]) });
      const first = ltcScan({ ...options, x: tf.slice(options.x, [0, 0, 0], [-1, 3, -1]) });
      const second = ltcScan({
        ...options,
        x: tf.slice(options.x, [0, 3, 0], [-1, 3, -1]),
        state: tf.zeros([batch, units]),
      });
      const joined = tf.concat([first.outputs, second.outputs], 1);
      expect(difference(cut.outputs.dataSync(), joined.dataSync())).toBeLessThan(1e-6);
      const masked = ltcScan({ ...options, mask: column([1, 1, 1, 0, 0, 0]) });
      expect(difference(masked.state.dataSync(), first.state.dataSync())).toBeLessThan(1e-6);
      const carried = part(first.outputs, [0, 2, 0], [batch, 1, motors]);
      for (const t of [2, 3, 5]) {
        expect(part(masked.outputs, [0, t, 0], [batch, 1, motors])).toEqual(carried);
      }
      const both = ltcScan({
        ...options,
        mask: column([1, 1, 1, 0, 0, 0]),
        resets: column([0, 0, 0, 0, 1, 0]),
      });
      expect(Array.from(both.state.dataSync()).every((v) => v === 0)).toBe(true);
    });
  });

  it("gives no gradient to padded steps and steps before a reset", () => {
    tf.tidy(() => {
      const options = problem();
      const mask = tf.tile(tf.tensor2d([[1, 1, 0, 1, 0, 0]]), [batch, 1]);
      const dx = tf.grad((x: tf.Tensor) =>
        tf.sum(tf.square(ltcScan({ ...options, x: x as tf.Tensor3D, mask }).outputs)),
      )(options.x);
      const used = (t: number) => part(dx, [0, t, 0], [batch, 1, inputs]).some((g) => g !== 0);
      expect([0, 1, 2, 3, 4, 5].map(used)).toEqual([true, true, false, true, false, false]);
      const resets = tf.tile(tf.tensor2d([[0, 0, 0, 1, 0, 0]]), [batch, 1]);
      const late = tf.grad((x: tf.Tensor) =>
        tf.sum(tf.square(ltcScan({ ...options, x: x as tf.Tensor3D, resets }).state)),
      )(options.x);
      expect(part(late, [0, 0, 0], [batch, 3, inputs]).every((g) => g === 0)).toBe(true);
      expect(part(late, [0, 3, 0], [batch, 3, inputs]).every((g) => g !== 0)).toBe(true);
    });
  });

  it("does not change the state if no time passes", () => {
    tf.tidy(() => {
      const options = problem();
      const still = ltcScan({ ...options, elapsed: 0 });
      expect(still.state.dataSync()).toEqual(options.state.dataSync());
      const short = ltcScan({ ...options, elapsed: 1e-6 });
      expect(difference(short.state.dataSync(), options.state.dataSync())).toBeLessThan(1e-4);
      const slope = tf.grad((elapsed) => tf.sum(ltcScan({ ...options, elapsed }).state))(
        tf.zeros([batch, steps]),
      );
      expect(Array.from(slope.dataSync()).every((g) => Number.isFinite(g) && g !== 0)).toBe(true);
    });
  });

  it.each([
    { implicitConstraints: true, odeUnfolds: 6, epsilon: 1e-8, elapsed: 1 },
    { implicitConstraints: false, odeUnfolds: 2, epsilon: 1e-3, elapsed: 0.3 },
  ])("computes the same values and gradients as its tensor composition: %o", (settings: LTCSettings) => {
    tf.tidy(() => {
      const { state, weights } = problem();
      const rows = batch * steps;
      const flag = (seed: number) =>
        tf.cast(
          tf.greater(tf.randomUniform([rows, 1], 0, 1, "float32", seed), 0.3),
          "float32",
        ) as tf.Tensor2D;
      const given: LTCTensors = { x: tf.randomNormal([rows, inputs], 0, 1, "float32", 4), state, weights };
      if (settings.implicitConstraints) {
        given.elapsed = tf.randomUniform([rows, 1], 0.1, 2, "float32", 5);
        given.keep = flag(6);
        given.mask = flag(7);
      }
      const names = ["x", "state", ...dynamicsNames, ...(given.elapsed ? ["elapsed"] : [])];
      const inputsOf = [given.x, state, ...dynamicsNames.map((name) => weights[name])];
      if (given.elapsed) inputsOf.push(given.elapsed);
      const lossOf =
        (scan: typeof ltcOperation) =>
        (...[x, start, ...rest]: tf.Tensor[]) => {
          const own = Object.fromEntries(dynamicsNames.map((name, i) => [name, rest[i]]));
          const tensors = { ...given, x, state: start, weights: own } as unknown as LTCTensors;
          if (given.elapsed) tensors.elapsed = rest[dynamicsNames.length] as tf.Tensor2D;
          const outputs = scan(tensors, settings, wiring);
          const weight = tf.cos(tf.reshape(tf.range(0, outputs.size), outputs.shape));
          return tf.sum<tf.Scalar>(tf.mul(weight, tf.square(outputs)));
        };
      expect(
        difference(
          ltcOperation(given, settings, wiring).dataSync(),
          ltcComposed(given, settings, wiring).dataSync(),
        ),
      ).toBeLessThan(1e-5);
      const actual = tf.grads(lossOf(ltcOperation))(inputsOf);
      const expected = tf.grads(lossOf(ltcComposed))(inputsOf);
      names.forEach((name, i) => {
        const size = Math.max(1, ...expected[i].dataSync().map(Math.abs));
        expect(difference(actual[i].dataSync(), expected[i].dataSync()) / size, name).toBeLessThan(1e-5);
      });
    });
  });
});

describe("ltcScan", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("has gradients equal to finite differences", () => {
    tf.tidy(() => {
      const options = { ...problem(), resets: undefined };
      const mask = tf.tensor2d(
        Array.from({ length: batch * steps }, (_, i) => Number(i % 5 !== 3)),
        [batch, steps],
      );
      const elapsed = times(3);
      const loss = (changed: Partial<LTCScanOptions>) => {
        const { outputs, state } = ltcScan({ ...options, mask, elapsed, ...changed });
        return tf.add(tf.sum(tf.square(outputs)), tf.sum(state)) as tf.Scalar;
      };
      const slopes = (name: string, tensor: tf.Tensor, run: (value: tf.Tensor) => tf.Scalar) => {
        const gradient = Array.from(tf.grad(run)(tensor).dataSync());
        // Along one direction, so that float32 sums stay exact enough.
        const direction = tf.sign(tf.tensor(gradient, tensor.shape));
        const step = 2e-3;
        const at = (factor: number) => run(tf.add(tensor, tf.mul(direction, factor * step))).dataSync()[0];
        const expected = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
        expect((at(1) - at(-1)) / (2 * step) / expected, name).toBeCloseTo(1, 2);
      };
      for (const name of Object.keys(options.weights) as (keyof typeof options.weights)[]) {
        slopes(name, options.weights[name]!, (value) =>
          loss({ weights: { ...options.weights, [name]: value } as LTCScanOptions["weights"] }),
        );
      }
      slopes("x", options.x, (value) => loss({ x: value as tf.Tensor3D }));
      slopes("state", options.state, (value) => loss({ state: value as tf.Tensor2D }));
      slopes("elapsed", elapsed, (value) => loss({ elapsed: value }));
    });
  });

  it("frees everything except its results", () => {
    const options = problem();
    const resets = tf.zeros([batch, steps]);
    const elapsed = times(3);
    const run = () => ltcScan({ ...options, resets, mask: resets, elapsed });
    tf.dispose({ ...run() });
    const before = tf.memory().numTensors;
    const { outputs, state } = run();
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([outputs, state]);
    const w = tf.variable(options.weights.w);
    const weights = { ...options.weights, w };
    const train = () => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(ltcScan({ ...options, weights, elapsed }).outputs) as tf.Scalar,
      );
      tf.dispose([value, grads]);
    };
    train();
    const held = tf.memory().numTensors;
    train();
    expect(tf.memory().numTensors).toBe(held);
    w.dispose();
    tf.dispose([options.x, options.state, resets, elapsed, ...Object.values(options.weights)]);
  });

  it("rejects invalid arguments", () => {
    tf.tidy(() => {
      const options = problem();
      const wrong = (changed: object) => () => ltcScan({ ...options, ...changed });
      expect(wrong({ x: tf.zeros([batch, inputs]) })).toThrow(ShapeError);
      expect(wrong({ x: tf.zeros([batch, 0, inputs]) })).toThrow("at least one step");
      expect(wrong({ x: tf.zeros([batch, steps, inputs + 1]) })).toThrow(ShapeError);
      expect(wrong({ state: tf.zeros([batch, units + 1]) })).toThrow("state");
      expect(wrong({ wiring: drawSynapses(units + 1, inputs, motors) })).toThrow(ShapeError);
      expect(wrong({ wiring: drawSynapses(units, inputs, motors + 1) })).toThrow("weights.outputW");
      expect(wrong({ resets: tf.zeros([batch]) })).toThrow("resets");
      expect(wrong({ mask: tf.zeros([batch, steps + 1]) })).toThrow("mask");
      expect(wrong({ elapsed: Number.NaN })).toThrow(InvalidArgumentError);
      expect(wrong({ elapsed: -1 })).toThrow(InvalidArgumentError);
      expect(wrong({ elapsed: tf.zeros([batch + 1]) })).toThrow(ShapeError);
      expect(wrong({ odeUnfolds: 0 })).toThrow(InvalidArgumentError);
      expect(wrong({ epsilon: Number.NaN })).toThrow(InvalidArgumentError);
    });
  });
});
