/** Interface of the steppers of all cells. */

/** Computes steps of one cell in plain arrays, without the projection of a layer. */
export interface CellStepper {
  /** Size of one input. */
  readonly inputSize: number;
  /** Copies the weights of the cell. */
  refresh(): void;
  /** Replaces the state by the one after `x`; the first `stateSize` elements belong to the cell. */
  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void;
  /** Writes the output for a state. */
  readout(state: Float32Array, output: Float32Array): void;
}
