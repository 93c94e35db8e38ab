/** Convolutions of images whose channels come first: turned, computed with channels last, turned back. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "./heap.js";
import type { WasmKernel } from "./repair.js";

/** tfjs's transposition kernel. */
export type TransposeKernel = WasmKernel<{ x: TensorInfo }, { perm: number[] }>;

/** The shape of an image batch, channels last. */
export function lastShape([batch, channels, height, width]: readonly number[]): number[] {
  return [batch, height, width, channels];
}

/** Runs `f` on images turned to channels last, and frees the turned ones. */
export function withChannelsLast<T>(
  backend: WasmBackend,
  transpose: TransposeKernel,
  images: readonly TensorInfo[],
  f: (...turned: TensorInfo[]) => T,
): T {
  const turned = images.map((x) => transpose({ inputs: { x }, backend, attrs: { perm: [0, 2, 3, 1] } }));
  const result = f(...turned);
  for (const { dataId } of turned) backend.disposeData(dataId);
  return result;
}

/** Images with channels last turned to channels first; the given ones are freed. */
export function toChannelsFirst(backend: WasmBackend, transpose: TransposeKernel, x: TensorInfo): TensorInfo {
  const turned = transpose({ inputs: { x }, backend, attrs: { perm: [0, 3, 1, 2] } });
  backend.disposeData(x.dataId);
  return turned;
}
