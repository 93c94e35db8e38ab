/** Computes steps of LTC cells in plain arrays. */

import * as tf from "@tensorflow/tfjs-core";
import { hasKernels } from "tfjs-training/wasm";
import type { LTCCell } from "../cells/ltc-cell.js";
import { type LTCArrays, readArrays } from "../recurrent/ops/ltc-arrays.js";
import { ltcForward } from "../recurrent/ops/ltc-forward.js";
import { LTCStep } from "../recurrent/wasm/ltc-step.js";
import type { CellStepper } from "./stepper-cell.js";
import { valuesOf } from "./stepper-dense.js";

/** An elementwise affine map. */
interface Mapping {
  factor?: Float32Array;
  shift?: Float32Array;
}

/**
 * Computes steps of an `LTCCell`: the scan's own loop over one step, compiled if the kernels are available, otherwise
 * in plain arrays.
 */
export class LTCCellStepper implements CellStepper {
  private arrays!: LTCArrays;
  private compiled?: LTCStep;
  private input: Mapping = {};
  private output: Mapping = {};

  constructor(private readonly cell: LTCCell) {}

  get inputSize(): number {
    return this.cell.builtWiring.inputDim;
  }

  refresh(): void {
    const { weights, builtWiring, odeUnfolds, epsilon, implicitConstraints } = this.cell;
    const settings = { odeUnfolds, epsilon, implicitConstraints, elapsed: 1 };
    const { units, inputDim } = builtWiring;
    tf.tidy(() => {
      const tensors = { x: tf.zeros<tf.Rank.R2>([1, inputDim]), state: tf.zeros<tf.Rank.R2>([1, units]) };
      this.arrays = readArrays({ ...tensors, weights }, settings, builtWiring);
    });
    if (hasKernels()) {
      const { adjacency, sensoryAdjacency } = builtWiring;
      const sizes = { ...settings, adjacency, sensoryAdjacency, inputs: inputDim, units };
      this.compiled = new LTCStep(sizes, this.arrays.raw);
    }
    const { inputW, inputB, outputW, outputB } = weights;
    this.input = { factor: copy(inputW), shift: copy(inputB) };
    this.output = { factor: copy(outputW), shift: copy(outputB) };
  }

  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void {
    const { arrays, compiled } = this;
    if (compiled) {
      const own = compiled.state;
      map(x, this.input, compiled.x);
      for (let i = 0; i < own.length; i++) own[i] = state[i];
      compiled.run(elapsed);
      for (let i = 0; i < own.length; i++) state[i] = own[i];
      return;
    }
    map(x, this.input, arrays.x);
    for (let i = 0; i < arrays.units; i++) arrays.state[i] = state[i];
    arrays.settings.elapsed = elapsed;
    state.set(ltcForward(arrays, false).outputs);
  }

  readout(state: Float32Array, output: Float32Array): void {
    map(state, this.output, output);
  }
}

function copy(weight: tf.Tensor | undefined): Float32Array | undefined {
  return weight && valuesOf(weight).slice();
}

function map(
  values: ArrayLike<number>,
  { factor, shift }: Mapping,
  target: Float32Array | Float64Array,
): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = values[i] * (factor ? factor[i] : 1) + (shift ? shift[i] : 0);
  }
}
