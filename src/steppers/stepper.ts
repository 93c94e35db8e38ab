/** Computes single steps of a trained recurrent layer without tensors, for control loops. */

import type * as tf from "@tensorflow/tfjs-core";
import { CfCCell } from "../cells/cfc-cell.js";
import { LTCCell } from "../cells/ltc-cell.js";
import { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import type { RecurrentCell } from "../cells/recurrent-cell.js";
import { WiredCfCCell } from "../cells/wired-cfc-cell.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { CellStepper } from "./stepper-cell.js";
import { CfCCellStepper } from "./stepper-cfc.js";
import { DenseProduct, valuesOf } from "./stepper-dense.js";
import { LTCCellStepper } from "./stepper-ltc.js";
import { MixedMemoryStepper } from "./stepper-mixed.js";
import { WiredCfCCellStepper } from "./stepper-wired.js";

/** The part of a layer that {@link createStepper} uses; `CfC` and `LTC` have it. */
export interface SteppableLayer {
  /** The cell that runs: that of the layer, or with mixed memory a `MixedMemoryCell` around it. */
  readonly core: RecurrentCell;
  /** Prefix of the weights' names. */
  readonly prefix: string;
  /** The weights by name; `prefix/projection/kernel` and `prefix/projection/bias` if there is a projection. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

/** Computes steps of one layer; created by {@link createStepper}. */
export class Stepper {
  /** Size of one input. */
  readonly inputSize: number;
  /** Size of the state, laid out as in the layer's scan. */
  readonly stateSize: number;
  /** Size of one output: `projSize`, or that of the cell's output. */
  readonly outputSize: number;
  private readonly cell: CellStepper;
  private readonly cellOutput: Float32Array;
  private readonly output: Float32Array;
  private readonly projection?: { kernel: tf.Tensor; bias: tf.Tensor; product: DenseProduct };

  /** @param layer a built layer */
  constructor(layer: SteppableLayer) {
    const { core, prefix, variables } = layer;
    const kernel = variables.get(`${prefix}/projection/kernel`);
    const bias = variables.get(`${prefix}/projection/bias`);
    this.cell = stepperOf(core);
    this.inputSize = this.cell.inputSize;
    this.stateSize = core.stateSize;
    this.cellOutput = new Float32Array(core.outputSize);
    if (kernel && bias) {
      const [inputs, outputs] = kernel.shape;
      this.projection = { kernel, bias, product: new DenseProduct(inputs, outputs) };
    }
    this.outputSize = this.projection?.product.outputs ?? core.outputSize;
    this.output = this.projection ? new Float32Array(this.outputSize) : this.cellOutput;
    this.refresh();
  }

  /** A new initial state of zeros `[stateSize]`. */
  initialState(): Float32Array {
    return new Float32Array(this.stateSize);
  }

  /**
   * Copies the layer's weights again: after training, or after loading other weights into the layer. Needs a
   * backend whose tensors can be read synchronously, such as wasm and cpu.
   */
  refresh(): void {
    this.cell.refresh();
    const { projection } = this;
    projection?.product.load([valuesOf(projection.kernel)], valuesOf(projection.bias));
  }

  /**
   * Computes one step, without dropout.
   *
   * @param features one input `[inputSize]`
   * @param state `[stateSize]`; the next state is written into it
   * @param elapsed time since the last step, default 1
   * @returns the output `[outputSize]`; the next call overwrites the same array
   * @throws ShapeError for a wrong length
   * @throws InvalidArgumentError for a negative or infinite time
   */
  step(features: ArrayLike<number>, state: Float32Array, elapsed = 1): Float32Array {
    if (features.length !== this.inputSize) {
      throw new ShapeError("features", `[${this.inputSize}]`, [features.length]);
    }
    if (state.length !== this.stateSize) throw new ShapeError("state", `[${this.stateSize}]`, [state.length]);
    if (!(elapsed >= 0 && Number.isFinite(elapsed))) {
      throw new InvalidArgumentError("elapsed", `expected a finite time of at least 0, received ${elapsed}`);
    }
    this.cell.step(features, state, elapsed);
    this.cell.readout(state, this.cellOutput);
    if (this.projection) this.project(this.projection.product);
    return this.output;
  }

  private project(product: DenseProduct): void {
    const { cellOutput, output } = this;
    for (let i = 0; i < cellOutput.length; i++) product.x[i] = cellOutput[i];
    product.run();
    for (let i = 0; i < output.length; i++) output[i] = product.y[i];
  }
}

/**
 * Copies a layer's weights into plain arrays and computes single steps from them, for control loops: no tensors,
 * no backend and almost no allocations in a step. Equal to the layer's scan within float32 rounding.
 *
 * @param layer a built CfC or LTC layer, with or without wiring, mixed memory and projection
 * @throws InvalidStateError before the layer is built
 * @throws InvalidArgumentError for a cell of another class
 *
 * @example
 * ```ts
 * const layer = new CfC({ units: 64, seed: 0 });
 * layer.build([null, null, 256]);
 * const stepper = createStepper(layer);
 * const state = stepper.initialState();
 * const output = stepper.step(new Float32Array(256), state, 0.05); // [64]; state holds the next state
 * ```
 */
export function createStepper(layer: SteppableLayer): Stepper {
  return new Stepper(layer);
}

function stepperOf(cell: RecurrentCell): CellStepper {
  if (cell instanceof CfCCell) return new CfCCellStepper(cell);
  if (cell instanceof WiredCfCCell) return new WiredCfCCellStepper(cell);
  if (cell instanceof LTCCell) return new LTCCellStepper(cell);
  if (cell instanceof MixedMemoryCell) return new MixedMemoryStepper(cell, stepperOf(cell.cell));
  throw new InvalidArgumentError(
    "layer",
    "expected a layer of CfCCell, WiredCfCCell, LTCCell or MixedMemoryCell; use the layer's scan for other cells",
  );
}
