/** Runs the same computation on the wasm and the cpu backend. */

import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { sizeOf } from "../src/core/state.js";
import { Random } from "./random.js";

/** A computation over float tensors. */
export type Computation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Uniform numbers in -1..1. */
export function numbers(shape: readonly number[], seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1));
}

/** Largest difference of two arrays, relative to the larger of 1 and the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let scale = 1;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    const difference = Math.abs(actual[i] - expected[i]);
    error = difference > error || Number.isNaN(difference) ? difference : error;
  }
  return error / scale;
}

interface Results {
  /** Output, then one gradient for each input. */
  arrays: Float32Array[];
  shapes: number[][];
}

async function run(
  backend: string,
  shapes: readonly number[][],
  f: Computation,
  gradients: boolean,
): Promise<Results> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(() => {
    const inputs = shapes.map((shape, i) => tf.tensor(numbers(shape, i + 1), shape));
    const output = f(...inputs);
    if (!gradients) return [output];
    // Random weights, so that errors cannot cancel out in the gradients.
    const weights = tf.tensor(numbers(output.shape, 99), output.shape);
    const loss = (...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), weights)) as tf.Scalar;
    return [output, ...tf.grads(loss)(inputs)];
  });
  const results = {
    arrays: tensors.map((tensor) => tensor.dataSync<"float32">()),
    shapes: tensors.map((tensor) => tensor.shape),
  };
  tf.dispose(tensors);
  return results;
}

/** Expects outputs and gradients of wasm to agree with those of cpu to 1e-4 relative. */
export async function expectAgreement(
  shapes: readonly number[][],
  f: Computation,
  { gradients = true }: { gradients?: boolean } = {},
): Promise<void> {
  const cpu = await run("cpu", shapes, f, gradients);
  const wasm = await run("wasm", shapes, f, gradients);
  expect(wasm.shapes).toEqual(cpu.shapes);
  cpu.arrays.forEach((expected, i) => {
    expect(
      relativeError(wasm.arrays[i], expected),
      i === 0 ? "output" : `gradient of input ${i - 1}`,
    ).toBeLessThan(1e-4);
  });
}

/** Size of the wasm heap in bytes. */
export function heapBytes(): number {
  return (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
}

/** Expects 200 repetitions on wasm to leak no tensor and no byte of heap. */
export async function expectNoLeak(
  shapes: readonly number[][],
  f: Computation,
  { gradients = true }: { gradients?: boolean } = {},
): Promise<void> {
  await tf.setBackend("wasm");
  const inputs = shapes.map((shape, i) => tf.tensor(numbers(shape, i + 1), shape));
  const once = () => {
    if (gradients) tf.dispose(tf.grads((...xs: tf.Tensor[]) => tf.sum(f(...xs)) as tf.Scalar)(inputs));
    else tf.dispose(tf.tidy(() => f(...inputs)));
  };
  once();
  const before = { ...tf.memory(), dataIds: tf.engine().backend.numDataIds(), heap: heapBytes() };
  for (let i = 0; i < 200; i++) once();
  const after = { ...tf.memory(), dataIds: tf.engine().backend.numDataIds(), heap: heapBytes() };
  tf.dispose(inputs);
  expect(after).toEqual(before);
}
