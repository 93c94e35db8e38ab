/** Interface between the accelerator and a runtime for ONNX models. */

/** A matrix, or a batch of matrices, that a runtime reads or writes in place. */
export type RuntimeMatrix = object;

/** A loaded model. */
export interface RuntimeSession {
  /** Runs the model and writes into the given outputs before it returns; null stands for an unused output. */
  run(inputs: Record<string, RuntimeMatrix>, outputs: Record<string, RuntimeMatrix | null>): void;
}

/** A synchronous runtime that works on the caller's memory. */
export interface ProductRuntime {
  /** Loads a model that runs on the given number of threads. */
  load(model: Uint8Array, threads: number): RuntimeSession;
  /** Describes an array of this shape over `data`, without a copy. */
  array(data: Float32Array, shape: number[]): RuntimeMatrix;
}
