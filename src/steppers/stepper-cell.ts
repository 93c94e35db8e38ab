/** What the steppers of all cells have in common. */

/** Steps of one cell in plain arrays, without the projection of a layer. */
export interface CellStepper {
  /** Numbers in one input. */
  readonly inputSize: number;
  /** Copies the weights of the cell. */
  refresh(): void;
  /** Replaces the state by the one after `x`; its first `stateSize` numbers belong to the cell. */
  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void;
  /** Writes the output that belongs to a state. */
  readout(state: Float32Array, output: Float32Array): void;
}
