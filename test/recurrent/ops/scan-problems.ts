/** Random sequences for every kind of scan, and their results, to compare backends. */

import * as tf from "@tensorflow/tfjs-core";
import { CfCCell } from "../../../src/cells/cfc-cell.js";
import { MixedMemoryCell } from "../../../src/cells/mixed-memory-cell.js";
import { Random } from "../../../src/core/random.js";
import { cfcActivations } from "../../../src/recurrent/ops/activations.js";
import { type CfCScanOptions, type CfCScanResult, cfcScan } from "../../../src/recurrent/ops/cfc-scan.js";
import { cfcFlavours, cfcModes } from "../../../src/recurrent/ops/check-scan.js";
import { dynamicsNames, type LTCWeights } from "../../../src/recurrent/ops/ltc-problem.js";
import { ltcScan } from "../../../src/recurrent/ops/ltc-scan.js";
import { drawSynapses } from "./ltc-problem.js";

/** Plain numbers of a tensor, to recreate it on another backend. */
export interface Values {
  shape: number[];
  values: Float32Array;
}

/** A scan of named tensors; those whose name does not end in `!` have gradients. */
export interface Problem {
  tensors: Record<string, Values>;
  run(named: Record<string, tf.Tensor>): CfCScanResult;
}

export function draw(random: Random, shape: number[], scale = 1, shift = 0): Values {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Float32Array.from({ length: size }, () => random.normal(shift, scale)) };
}

function drawFlags(random: Random, shape: number[], share: number): Values {
  const { values } = draw(random, shape);
  return { shape, values: values.map(() => (random.uniform() < share ? 1 : 0)) };
}

/** Outputs, last state and all gradients of a loss over both, on the active backend. */
export async function evaluate({ tensors, run }: Problem): Promise<Record<string, Float32Array>> {
  const results = tf.tidy(() => {
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
    return { outputs, state, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, gradients[i]])) };
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries<tf.Tensor>(results)) {
    values[name] = (await tensor.data()).slice() as Float32Array;
    tensor.dispose();
  }
  return values;
}

/** The largest difference of each result, relative to its largest value; NaN if one is not finite. */
export function differences(
  actual: Record<string, ArrayLike<number>>,
  expected: Record<string, Float32Array>,
): Record<string, number> {
  const entries = Object.entries(expected).map(([name, values]) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[name][i])), 0);
    return [name, worst / scale];
  });
  return Object.fromEntries(entries);
}

/** Resets, mask and elapsed times, each optional. */
export function drawCourse(random: Random, tensors: Record<string, Values>, batch: number, steps: number) {
  if (random.uniform() < 0.5) tensors["resets!"] = drawFlags(random, [batch, steps], 0.3);
  if (random.uniform() < 0.5) tensors["mask!"] = drawFlags(random, [batch, steps], 0.7);
  const form = random.integer(5);
  const positive = ({ shape, values }: Values) => ({ shape, values: values.map(Math.abs) });
  if (form === 0) tensors.elapsed = positive(draw(random, [batch]));
  if (form === 1) tensors.elapsed = positive(draw(random, [batch, steps]));
  if (form === 2) tensors.elapsed = positive(draw(random, [batch, steps, 1]));
  return form === 3 ? 0.37 : undefined;
}

/** Sizes of {@link cfcProblemOf}. */
export interface CfCProblemSizes {
  batch: number;
  steps: number;
  features: number;
  units: number;
  /** Width of each backbone layer. */
  width: number;
  /** Number of backbone layers. */
  layers: number;
}

/** A CfC of random sizes and options. */
export function cfcProblem(seed: number): Problem {
  const random = new Random(seed);
  const batch = seed % 10 === 9 ? 39 : 1 + random.integer(10); // 39: a block of 32, of four, and three single ones
  const steps = 1 + random.integer(7);
  const [features, units, width] = [1 + random.integer(20), 1 + random.integer(20), 1 + random.integer(20)];
  return cfcProblemOf(seed, { batch, steps, features, units, width, layers: random.integer(3) });
}

/** A CfC of random options. */
export function cfcProblemOf(seed: number, sizes: CfCProblemSizes): Problem {
  const random = new Random(seed + 1000);
  const pick = <T>(list: readonly T[]) => list[random.integer(list.length)];
  const { batch, steps, features, units, width, layers } = sizes;
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
      const options: CfCScanOptions = {
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

export function ltcProblem(seed: number, [batch, steps]: [number, number]): Problem {
  const random = new Random(seed);
  const [units, inputs] = [2 + random.integer(9), 1 + random.integer(6)];
  return ltcProblemOf(seed, { batch, steps, units, inputs }, random);
}

/** Sizes of {@link ltcProblemOf}. */
export interface LTCProblemSizes {
  batch: number;
  steps: number;
  units: number;
  inputs: number;
}

/** An LTC of random options. */
export function ltcProblemOf(
  seed: number,
  { batch, steps, units, inputs }: LTCProblemSizes,
  random = new Random(seed),
): Problem {
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
        weights: named as unknown as LTCWeights,
        wiring,
        odeUnfolds,
        implicitConstraints,
        resets: named["resets!"],
        mask: named["mask!"],
        elapsed: named.elapsed ?? fixed,
      }),
  };
}

/** A CfC with mixed memory, of random sizes and options. */
export function mixedProblem(seed: number): Problem {
  const random = new Random(seed + 2000);
  const pick = <T>(list: readonly T[]) => list[random.integer(list.length)];
  const batch = seed % 5 === 4 ? 39 : 1 + random.integer(10);
  const [steps, inputs] = [1 + random.integer(6), 1 + random.integer(20)];
  const units = seed % 4 === 1 ? 16 : 1 + random.integer(20); // 16 need no padding
  const [mode, flavour, activation] = [pick(cfcModes), pick(cfcFlavours), pick(cfcActivations)];
  const [backboneLayers, backboneUnits] = [random.integer(3), 1 + random.integer(20)];
  const forgetBias = random.normal(0, 1);
  const tensors: Record<string, Values> = {
    x: draw(random, [batch, steps, inputs]),
    state: draw(random, [batch, 2 * units], 0.5),
  };
  const newCell = () => {
    const options = { units, mode, flavour, activation, backboneLayers, backboneUnits, seed };
    const mixed = new MixedMemoryCell({ cell: new CfCCell(options), forgetBias, seed });
    mixed.build(inputs);
    return mixed;
  };
  const first = newCell();
  const weights = (cell: MixedMemoryCell) => [...cell.variables, ...(cell.cell as CfCCell).variables];
  for (const [name, { shape }] of weights(first))
    tensors[name] = draw(random, shape, 1 / Math.sqrt(shape[0]));
  first.dispose();
  const fixed = drawCourse(random, tensors, batch, steps);
  return {
    tensors,
    run(named) {
      // The cell with other tensors in place of its variables.
      const cell = new MixedMemoryCell({
        cell: new CfCCell({ units, mode, flavour, activation, backboneLayers, backboneUnits }),
        forgetBias,
      });
      cell.build(inputs, (name) => named[name] as tf.Variable);
      return cell.scan({
        x: named.x as tf.Tensor3D,
        state: named.state as tf.Tensor2D,
        resets: named["resets!"],
        mask: named["mask!"],
        elapsed: named.elapsed ?? fixed,
      });
    },
  };
}
