/** Copies elements between layouts: slices, repetitions, permutations and reversals of tensors. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, type WasmBackend } from "../memory/heap.js";

/** Source positions of the elements of a result, in elements. */
export interface StridedSource {
  /** Position of the first element. */
  offset: number;
  /** Stride along each axis of the result; 0 repeats, negative strides go backwards. */
  steps: readonly number[];
}

interface Axis {
  size: number;
  step: number;
}

/** Whether elements of this type can be copied: four-byte types. */
export function isCopied({ dtype }: TensorInfo): boolean {
  return dtype === "float32" || dtype === "int32";
}

/** Strides of each axis, in elements. */
export function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]) steps[axis] = step;
  return steps;
}

/** Returns a new tensor `[...shape]` with elements of `x`. */
export function copyStrided(
  backend: WasmBackend,
  x: TensorInfo,
  shape: readonly number[],
  { offset, steps }: StridedSource,
): TensorInfo {
  const output = backend.makeOutput([...shape], x.dtype);
  if (shape.includes(0)) return output;
  const axes = merged(shape, steps);
  const from = bytesOf(backend, x) + 4 * offset;
  const to = bytesOf(backend, output);
  const kernels = kernelsOf(backend);
  if (isTransposition(axes)) {
    const [rows, columns] = axes.slice(-2);
    kernels.transposePlanes(from, to, axes.length === 3 ? axes[0].size : 1, columns.size, rows.size);
    return output;
  }
  while (axes.length < 3) axes.unshift({ size: 1, step: 0 });
  const outer = axes.slice(0, -3);
  const inner = axes.slice(-3).flatMap(({ size, step }) => [size, 4 * step]) as Inner;
  const innerBytes = 4 * inner[0] * inner[2] * inner[4];
  const index = outer.map(() => 0);
  let read = from;
  let write = to;
  for (;;) {
    kernels.copyStrided(read, write, ...inner);
    write += innerBytes;
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      read += 4 * outer[axis].step;
      if (++index[axis] < outer[axis].size) break;
      read -= 4 * outer[axis].size * outer[axis].step;
      index[axis] = 0;
    }
    if (axis < 0) return output;
  }
}

type Inner = [number, number, number, number, number, number];

// Without axes of size one, and with adjacent axes merged if one stride covers both.
function merged(shape: readonly number[], steps: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const last = axes[axes.length - 1];
    if (last && last.step === size * steps[i]) {
      last.size *= size;
      last.step = steps[i];
    } else axes.push({ size, step: steps[i] });
  });
  return axes;
}

// Consecutive complete matrices, each transposed.
function isTransposition(axes: readonly Axis[]): boolean {
  if (axes.length < 2 || axes.length > 3) return false;
  const [rows, columns] = axes.slice(-2);
  const plane = rows.size * columns.size;
  return rows.step === 1 && columns.step === rows.size && (axes.length === 2 || axes[0].step === plane);
}
