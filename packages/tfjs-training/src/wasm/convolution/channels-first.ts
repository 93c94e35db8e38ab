/** Convolutions of channels-first images: transposed, computed with channels last, transposed back. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "../memory/heap.js";
import { copyStrided, stepsOf } from "../shape/copy-strided.js";

/** The shape of an image batch, channels last. */
export function lastShape([batch, channels, height, width]: readonly number[]): number[] {
  return [batch, height, width, channels];
}

/** Runs `f` on images transposed to channels last, and frees the transposed ones. */
export function withChannelsLast<T>(
  backend: WasmBackend,
  images: readonly TensorInfo[],
  f: (...turned: TensorInfo[]) => T,
): T {
  const turned = images.map((x) => turn(backend, x, [0, 2, 3, 1]));
  try {
    return f(...turned);
  } finally {
    for (const { dataId } of turned) backend.disposeData(dataId);
  }
}

/** Transposes images from channels last to channels first; the given ones are freed. */
export function toChannelsFirst(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const turned = turn(backend, x, [0, 3, 1, 2]);
  backend.disposeData(x.dataId);
  return turned;
}

// Not with the stock kernel: it divides by zero if there are no images.
function turn(backend: WasmBackend, x: TensorInfo, order: readonly number[]): TensorInfo {
  const steps = stepsOf(x.shape);
  const shape = order.map((axis) => x.shape[axis]);
  return copyStrided(backend, x, shape, { offset: 0, steps: order.map((axis) => steps[axis]) });
}
