/** What an accelerator wants of a runtime for ONNX models. */

/** A matrix, or some of one size, that a runtime reads or writes where it lies. */
export type RuntimeMatrix = object;

/** A loaded model. */
export interface RuntimeSession {
  /** Runs the model and writes into the given outputs before it returns; null stands for an output of no use. */
  run(inputs: Record<string, RuntimeMatrix>, outputs: Record<string, RuntimeMatrix | null>): void;
}

/** A runtime that computes at once, on memory of the caller. */
export interface ProductRuntime {
  /** Loads a model; `threads` compute in it. */
  load(model: Uint8Array, threads: number): RuntimeSession;
  /** Describes an array of this shape over `data`, without a copy. */
  array(data: Float32Array, shape: number[]): RuntimeMatrix;
}
