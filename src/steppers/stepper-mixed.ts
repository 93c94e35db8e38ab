/** Computes steps of cells with mixed memory in plain arrays. */

import type { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import { logistic } from "../recurrent/ops/ltc-sigmoid.js";
import { hyperbolicTangent } from "./stepper-activations.js";
import type { CellStepper } from "./stepper-cell.js";
import { DenseProduct, valuesOf } from "./stepper-dense.js";

/** Computes steps of a `MixedMemoryCell`: first the LSTM, then the inner cell. */
export class MixedMemoryStepper implements CellStepper {
  readonly inputSize: number;
  private readonly lstm: DenseProduct;
  private readonly h: Float32Array;

  /** @param inner stepper of the inner cell */
  constructor(
    private readonly cell: MixedMemoryCell,
    private readonly inner: CellStepper,
  ) {
    const size = cell.cell.stateSize;
    this.inputSize = cell.weights.kernel.shape[0];
    this.lstm = new DenseProduct(this.inputSize + size, 4 * size);
    this.h = new Float32Array(size);
  }

  refresh(): void {
    const { kernel, recurrentKernel, bias } = this.cell.weights;
    this.lstm.load([valuesOf(kernel), valuesOf(recurrentKernel)], valuesOf(bias));
    this.inner.refresh();
  }

  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void {
    const { lstm, inputSize, inner, h, cell } = this;
    const size = h.length;
    for (let i = 0; i < inputSize; i++) lstm.x[i] = x[i];
    for (let i = 0; i < size; i++) lstm.x[inputSize + i] = state[i];
    lstm.run();
    const { y } = lstm;
    for (let i = 0; i < size; i++) {
      const kept = state[size + i] * logistic(y[2 * size + i] + cell.forgetBias);
      const memory = kept + hyperbolicTangent(y[i]) * logistic(y[size + i]);
      state[size + i] = memory;
      h[i] = hyperbolicTangent(memory) * logistic(y[3 * size + i]);
    }
    if (cell.flavour === "torch") {
      for (let i = 0; i < size; i++) state[i] = h[i];
      inner.step(x, state, elapsed);
    } else inner.step(h, state, elapsed);
  }

  readout(state: Float32Array, output: Float32Array): void {
    this.inner.readout(state, output);
  }
}
