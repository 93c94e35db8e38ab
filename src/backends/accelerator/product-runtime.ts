/** What an accelerator wants of a runtime for ONNX models. */

/** A matrix that a runtime reads or writes where it lies. */
export type RuntimeMatrix = object;

/** A loaded model. */
export interface RuntimeSession {
  /** Runs the model and writes into the given outputs before it returns. */
  run(inputs: Record<string, RuntimeMatrix>, outputs: Record<string, RuntimeMatrix>): void;
}

/** A runtime that computes at once, on memory of the caller. */
export interface ProductRuntime {
  /** Loads a model; `threads` compute in it. */
  load(model: Uint8Array, threads: number): RuntimeSession;
  /** Describes a matrix `[rows, columns]` over `data`, without a copy. */
  matrix(data: Float32Array, rows: number, columns: number): RuntimeMatrix;
}
