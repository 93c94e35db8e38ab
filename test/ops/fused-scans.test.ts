import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/index.js";
import { WiredCfCCell } from "../../src/cells/wired-cfc-cell.js";
import { Random } from "../../src/core/random.js";
import { cfcActivations } from "../../src/ops/activations.js";
import { type CfcScanOptions, type CfcScanResult, cfcScan } from "../../src/ops/cfc-scan.js";
import { cfcFlavours, cfcModes } from "../../src/ops/check-scan.js";
import { dynamicsNames, type LtcWeights } from "../../src/ops/ltc-problem.js";
import { ltcScan } from "../../src/ops/ltc-scan.js";
import { hasScanKernel } from "../../src/ops/scan-kernels.js";
import { AutoNCP } from "../../src/wirings/auto-ncp.js";
import { drawSynapses } from "./ltc-problem.js";

/** Plain numbers of a tensor, to make it again on another backend. */
interface Values {
  shape: number[];
  values: Float32Array;
}

/** A scan of named tensors; those whose name does not end in `!` have gradients. */
interface Problem {
  tensors: Record<string, Values>;
  run(named: Record<string, tf.Tensor>): CfcScanResult;
}

function draw(random: Random, shape: number[], scale = 1, shift = 0): Values {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Float32Array.from({ length: size }, () => random.normal(shift, scale)) };
}

function drawFlags(random: Random, shape: number[], share: number): Values {
  const { values } = draw(random, shape);
  return { shape, values: values.map(() => (random.uniform() < share ? 1 : 0)) };
}

/** Outputs, last state and all gradients of a loss over both. */
function evaluate({ tensors, run }: Problem): Record<string, Float32Array> {
  return tf.tidy(() => {
    const made: Record<string, tf.Tensor> = {};
    for (const [name, { shape, values }] of Object.entries(tensors)) made[name] = tf.tensor(values, shape);
    const names = Object.keys(made).filter((name) => !name.endsWith("!"));
    const loss = (...given: tf.Tensor[]) => {
      const { outputs, state } = run({
        ...made,
        ...Object.fromEntries(names.map((name, i) => [name, given[i]])),
      });
      const wave = tf.tensor(
        Float32Array.from({ length: outputs.size }, (_, k) => Math.cos(k)),
        outputs.shape,
      );
      return tf.add(tf.sum(tf.mul(outputs, wave)), tf.mul(0.5, tf.sum(tf.square(state)))) as tf.Scalar;
    };
    const gradients = tf.grads(loss)(names.map((name) => made[name]));
    const { outputs, state } = run(made);
    const all: [string, tf.Tensor][] = [
      ["outputs", outputs],
      ["state", state],
    ];
    names.forEach((name, i) => {
      all.push([`d ${name}`, gradients[i]]);
    });
    return Object.fromEntries(all.map(([name, tensor]) => [name, tensor.dataSync().slice() as Float32Array]));
  });
}

async function expectSameOnWasm(problem: Problem, tolerance = 1e-5): Promise<void> {
  await useBackend("cpu");
  const expected = evaluate(problem);
  await useBackend("wasm");
  const actual = evaluate(problem);
  for (const name in expected) {
    const scale = expected[name].reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
    const worst = expected[name].reduce(
      (most, value, i) => Math.max(most, Math.abs(value - actual[name][i])),
      0,
    );
    expect(actual[name].every(Number.isFinite), name).toBe(true);
    expect(worst / scale, name).toBeLessThan(tolerance);
  }
}

/** Resets, mask and elapsed times, each or none. */
function drawCourse(random: Random, tensors: Record<string, Values>, batch: number, steps: number) {
  if (random.uniform() < 0.5) tensors["resets!"] = drawFlags(random, [batch, steps], 0.3);
  if (random.uniform() < 0.5) tensors["mask!"] = drawFlags(random, [batch, steps], 0.7);
  const form = random.integer(5);
  const positive = ({ shape, values }: Values) => ({ shape, values: values.map(Math.abs) });
  if (form === 0) tensors.elapsed = positive(draw(random, [batch]));
  if (form === 1) tensors.elapsed = positive(draw(random, [batch, steps]));
  if (form === 2) tensors.elapsed = positive(draw(random, [batch, steps, 1]));
  return form === 3 ? 0.37 : undefined;
}

function cfcProblem(seed: number): Problem {
  const random = new Random(seed);
  const pick = <T>(list: readonly T[]) => list[random.integer(list.length)];
  const batch = seed % 10 === 9 ? 39 : 1 + random.integer(10); // 39: a block of 32, of four, and three single ones
  const steps = 1 + random.integer(7);
  const [features, units, width] = [1 + random.integer(20), 1 + random.integer(20), 1 + random.integer(20)];
  const layers = random.integer(3);
  const [mode, flavour, activation] = [pick(cfcModes), pick(cfcFlavours), pick(cfcActivations)];
  const tensors: Record<string, Values> = {
    x: draw(random, [batch, steps, features]),
    state: draw(random, [batch, units], 0.5),
  };
  let size = features + units;
  for (let i = 0; i < layers; i++) {
    tensors[`kernel${i}`] = draw(random, [size, width], 1 / Math.sqrt(size));
    tensors[`bias${i}`] = draw(random, [width], 0.3);
    if (random.uniform() < 0.3) {
      const kept = drawFlags(random, [batch, steps, width], 0.6);
      tensors[`dropout${i}!`] = { ...kept, values: kept.values.map((flag) => flag / 0.6) };
    }
    size = width;
  }
  const outputs = units * (mode === "pure" ? 1 : 4);
  tensors[`kernel${layers}`] = draw(random, [size, outputs], 0.7 / Math.sqrt(size));
  tensors[`bias${layers}`] = draw(random, [outputs], 0.3);
  if (mode === "pure") Object.assign(tensors, { wTau: draw(random, [units]), a: draw(random, [units]) });
  const fixed = drawCourse(random, tensors, batch, steps);
  return {
    tensors,
    run(named) {
      const at = (i: number) => ({
        kernel: named[`kernel${i}`] as tf.Tensor2D,
        bias: named[`bias${i}`] as tf.Tensor1D,
      });
      const options: CfcScanOptions = {
        x: named.x as tf.Tensor3D,
        state: named.state as tf.Tensor2D,
        weights: {
          backbone: Array.from({ length: layers }, (_, i) => at(i)),
          heads: at(layers),
          wTau: named.wTau as tf.Tensor1D,
          a: named.a as tf.Tensor1D,
        },
        mode,
        flavour,
        activation,
        resets: named["resets!"],
        mask: named["mask!"],
        elapsed: named.elapsed ?? fixed,
        dropout: Array.from({ length: layers }, (_, i) => named[`dropout${i}!`] as tf.Tensor3D | undefined),
      };
      return cfcScan(options);
    },
  };
}

function ltcProblem(seed: number, [batch, steps]: [number, number]): Problem {
  const random = new Random(seed);
  const [units, inputs] = [2 + random.integer(9), 1 + random.integer(6)];
  const wiring = drawSynapses(units, inputs, 1 + random.integer(units), seed);
  const tensors: Record<string, Values> = {
    x: draw(random, [batch, steps, inputs]),
    state: draw(random, [batch, units], 0.5),
  };
  for (const name of dynamicsNames) {
    const rows = name.startsWith("sensory") ? inputs : units;
    const shape = ["gleak", "vleak", "cm"].includes(name) ? [units] : [rows, units];
    const [scale, shift] = name.endsWith("igma") ? [0.5, 3] : [0.3, 0.5];
    const values = draw(random, shape, scale, shift);
    tensors[name] = { ...values, values: values.values.map((value) => Math.max(value, 0.1)) };
  }
  for (const name of ["inputW", "inputB"]) tensors[name] = draw(random, [inputs]);
  for (const name of ["outputW", "outputB"]) tensors[name] = draw(random, [wiring.outputDim]);
  const implicitConstraints = random.uniform() < 0.5;
  const odeUnfolds = 1 + random.integer(6);
  const fixed = drawCourse(random, tensors, batch, steps);
  return {
    tensors,
    run: (named) =>
      ltcScan({
        x: named.x as tf.Tensor3D,
        state: named.state as tf.Tensor2D,
        weights: named as unknown as LtcWeights,
        wiring,
        odeUnfolds,
        implicitConstraints,
        resets: named["resets!"],
        mask: named["mask!"],
        elapsed: named.elapsed ?? fixed,
      }),
  };
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("fused sequences on wasm equal the composed ones on cpu", () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it("have kernels of their own there", async () => {
    await useBackend("wasm");
    for (const name of ["CfcScan", "WiredCfcScan", "LtcScan"] as const)
      expect(hasScanKernel(name)).toBe(true);
    await useBackend("cpu");
    expect(hasScanKernel("CfcScan")).toBe(false);
  });

  it.each(seeds(30))("CfC of random sizes and options, seed %i", async (seed) => {
    await expectSameOnWasm(cfcProblem(seed));
  });

  it.each(seeds(12))("LTC of random sizes and options, seed %i", async (seed) => {
    await expectSameOnWasm(ltcProblem(seed, [1 + (seed % 7), 1 + (seed % 5)]));
  });

  it.each(seeds(8))("wired CfC of random options, seed %i", async (seed) => {
    const random = new Random(seed);
    const pick = <T>(list: readonly T[]) => list[random.integer(list.length)];
    const [mode, flavour] = [pick(cfcModes), pick(cfcFlavours)];
    const recurrence = pick(["layer", "wired"] as const);
    const wiring = new AutoNCP({ units: 9 + random.integer(12), outputSize: 1 + random.integer(3), seed });
    const [batch, steps, features] = [1 + random.integer(6), 1 + random.integer(6), 3];
    await useBackend("cpu");
    const cell = new WiredCfCCell({ wiring, mode, flavour, recurrence, seed });
    cell.build(features);
    const tensors: Record<string, Values> = {
      x: draw(random, [batch, steps, features]),
      state: draw(random, [batch, wiring.units], 0.5),
    };
    const fixed = drawCourse(random, tensors, batch, steps);
    for (const [name, variable] of cell.variables) {
      tensors[name] = draw(random, variable.shape, 0.4);
    }
    await expectSameOnWasm({
      tensors,
      run(named) {
        // The same cell with other tensors in the place of its weights.
        const layers = cell.layers.map((layer, i) => {
          const at = (name: string) => named[`layer${i + 1}/${name}`];
          return {
            ...layer,
            weights: {
              backbone: [],
              heads: { kernel: at("heads/kernel"), bias: at("heads/bias") },
              wTau: at("w_tau"),
              a: at("a"),
            },
          };
        });
        const copy = Object.create(cell, { layers: { value: layers } }) as WiredCfCCell;
        return copy.scan({
          x: named.x as tf.Tensor3D,
          state: named.state as tf.Tensor2D,
          resets: named["resets!"],
          mask: named["mask!"],
          elapsed: named.elapsed ?? fixed,
        });
      },
    });
    cell.dispose();
  });

  it("stay right over a thousand steps", async () => {
    const random = new Random(5);
    const [batch, steps] = [2, 1000];
    const long = cfcProblem(3);
    const [, , features] = long.tensors.x.shape;
    long.tensors.x = draw(random, [batch, steps, features]);
    long.tensors.state = draw(random, [batch, long.tensors.state.shape[1]], 0.5);
    for (const name of Object.keys(long.tensors)) {
      if (/^(elapsed|resets!|mask!|dropout)/.test(name)) delete long.tensors[name];
    }
    await expectSameOnWasm(long, 3e-5);
  });
});

describe("fused sequences", () => {
  it("leave no tensors behind, with and without gradients", async () => {
    await useBackend("wasm");
    for (const problem of [cfcProblem(1), ltcProblem(1, [5, 4])]) {
      evaluate(problem);
      const before = tf.memory();
      for (let i = 0; i < 3; i++) evaluate(problem);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
    }
  });

  it("pass tfjs's own check for leaks inside of kernels", async () => {
    await useBackend("wasm");
    tf.enableDebugMode();
    try {
      for (const problem of [cfcProblem(4), ltcProblem(4, [9, 6])]) expect(evaluate(problem)).toBeDefined();
    } finally {
      tf.env().set("DEBUG", false);
    }
  });

  it("give the inputs of masked steps no gradient, and carry the state over them", async () => {
    await useBackend("wasm");
    for (const make of [() => cfcProblem(2), () => ltcProblem(2, [6, 5])]) {
      const problem = make();
      const [batch, steps, features] = problem.tensors.x.shape;
      const mask = new Float32Array(batch * steps).fill(1);
      for (let b = 0; b < batch; b++) mask[b * steps + steps - 1] = 0;
      problem.tensors["mask!"] = { shape: [batch, steps], values: mask };
      delete problem.tensors["resets!"];
      const results = evaluate(problem);
      const dx = results["d x"];
      for (let b = 0; b < batch; b++) {
        const last = dx.subarray((b * steps + steps - 1) * features, (b + 1) * steps * features);
        expect(last.every((value) => value === 0)).toBe(true);
      }
      expect(dx.some((value) => value !== 0)).toBe(steps > 1);
      if (steps === 1) continue;
      const size = results.outputs.length / (batch * steps);
      for (let b = 0; b < batch; b++) {
        const row = (t: number) =>
          results.outputs.subarray((b * steps + t) * size, (b * steps + t + 1) * size);
        expect(Array.from(row(steps - 1))).toEqual(Array.from(row(steps - 2)));
      }
    }
  });
});
