/** The gradient of a convolution with respect to its input, from forward convolutions. */

import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { type ConvGradientAttributes, convGeometry, type Shape4D } from "./conv-geometry.js";
import { addressOf, heapOf, type WasmBackend, zeros } from "./heap.js";
import { defineRepair, type WasmKernel } from "./repair.js";

interface Inputs {
  dy: TensorInfo;
  filter: TensorInfo;
}

interface Attributes extends ConvGradientAttributes {
  inputShape: Shape4D;
}

interface ConvInputs {
  x: TensorInfo;
  filter: TensorInfo;
}

interface ConvAttributes {
  strides: [number, number];
  pad: backend_util.ExplicitPadding;
  dilations: [number, number];
  dataFormat: "NHWC";
}

/**
 * `Conv2DBackpropInput`. With stride s, the input rows i = f, f + s, f + 2s, ... meet the same rows of the
 * filter. So the gradient falls apart into s * s plain convolutions of the output's gradient with
 * flipped parts of the filter, without any multiplication by a zero that stands between outputs.
 */
export const conv2dBackpropInput = defineRepair<Inputs, Attributes>("Conv2DBackpropInput", (stockOf) => {
  const conv2d = stockOf<ConvInputs, ConvAttributes>("Conv2D");
  return ({ inputs: { dy, filter }, backend, attrs }) => {
    const { inputShape } = attrs;
    if (sizeOf(dy.shape) * sizeOf(inputShape) === 0) return zeros(backend, inputShape);
    const geometry = convGeometry(inputShape, filter.shape, attrs);
    const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry;
    const rowPhases = phases(geometry.inHeight, geometry.outHeight, filterHeight, strideHeight, padInfo.top);
    const columnPhases = phases(geometry.inWidth, geometry.outWidth, filterWidth, strideWidth, padInfo.left);
    const complete = [...rowPhases, ...columnPhases].every(({ taps }) => taps > 0);
    let gradient: TensorInfo | undefined;
    for (const rows of rowPhases) {
      for (const columns of columnPhases) {
        if (rows.taps === 0 || columns.taps === 0) continue;
        const part = convolvePhase(backend, conv2d, dy, filter, rows, columns);
        if (strideHeight === 1 && strideWidth === 1 && rows.skip === 0 && columns.skip === 0) {
          if (sizeOf(part.shape) === sizeOf(inputShape)) return { ...part, shape: inputShape };
        }
        gradient ??= complete ? backend.makeOutput(inputShape, "float32") : zeros(backend, inputShape);
        scatterPhase(backend, part, gradient, rows, columns);
        backend.disposeData(part.dataId);
      }
    }
    return gradient ?? zeros(backend, inputShape);
  };
});

/** The input positions `first + j * stride` along one axis, and the part of the filter that they meet. */
interface Phase {
  /** First input position. */
  first: number;
  /** Step between positions, the convolution's stride. */
  stride: number;
  /** Number of positions. */
  count: number;
  /** First filter tap; the others follow at steps of `stride`. */
  tap: number;
  /** Number of taps. */
  taps: number;
  /** Zeros before and after the output's gradient. */
  pad: [number, number];
  /** Results of the convolution before the first wanted one. */
  skip: number;
}

// dx[i] = sum over taps k with (i + pad - k) divisible by the stride of dy[(i + pad - k) / stride] * w[k].
// For i = first + j * stride the taps are k = tap + t * stride, and the output is q + j - t.
function phases(inSize: number, outSize: number, filterSize: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: Math.min(stride, inSize) }, (_, first) => {
    const tap = (first + pad) % stride;
    const taps = tap < filterSize ? Math.floor((filterSize - 1 - tap) / stride) + 1 : 0;
    const count = Math.floor((inSize - 1 - first) / stride) + 1;
    const start = (first + pad - tap) / stride - (taps - 1); // first output of the window of j = 0
    const end = start + taps - 1 + count - 1; // last output of the window of the last j
    return {
      first,
      stride,
      count,
      tap,
      taps,
      pad: [Math.max(0, -start), Math.max(0, end - (outSize - 1))],
      skip: Math.max(0, start),
    };
  });
}

function convolvePhase(
  backend: WasmBackend,
  conv2d: WasmKernel<ConvInputs, ConvAttributes>,
  dy: TensorInfo,
  filter: TensorInfo,
  rows: Phase,
  columns: Phase,
): TensorInfo {
  const part = flippedFilter(backend, filter, rows, columns);
  const result = conv2d({
    inputs: { x: dy, filter: part },
    backend,
    attrs: {
      strides: [1, 1],
      pad: [[0, 0], rows.pad, columns.pad, [0, 0]],
      dilations: [1, 1],
      dataFormat: "NHWC",
    },
  });
  backend.disposeData(part.dataId);
  return result;
}

// [taps, taps, outChannels, inChannels] of the taps of both phases, last tap first.
function flippedFilter(backend: WasmBackend, filter: TensorInfo, rows: Phase, columns: Phase): TensorInfo {
  const [, filterWidth, inChannels, outChannels] = filter.shape;
  const part = backend.makeOutput([rows.taps, columns.taps, outChannels, inChannels], "float32");
  const heap = heapOf(backend);
  const from = addressOf(backend, filter);
  let write = addressOf(backend, part);
  for (let i = rows.taps - 1; i >= 0; i--) {
    for (let j = columns.taps - 1; j >= 0; j--) {
      const kh = rows.tap + i * rows.stride;
      const kw = columns.tap + j * columns.stride;
      const matrix = from + (kh * filterWidth + kw) * inChannels * outChannels;
      for (let o = 0; o < outChannels; o++) {
        for (let c = 0; c < inChannels; c++) heap[write++] = heap[matrix + c * outChannels + o];
      }
    }
  }
  return part;
}

// Puts the results of one phase at their places in the gradient.
function scatterPhase(
  backend: WasmBackend,
  part: TensorInfo,
  gradient: TensorInfo,
  rows: Phase,
  columns: Phase,
): void {
  const [batch, partHeight, partWidth, channels] = part.shape;
  const [, height, width] = gradient.shape;
  const heap = heapOf(backend);
  const from = addressOf(backend, part);
  const to = addressOf(backend, gradient);
  const step = (columns.stride - 1) * channels;
  for (let image = 0; image < batch; image++) {
    for (let i = 0; i < rows.count; i++) {
      let read = from + ((image * partHeight + rows.skip + i) * partWidth + columns.skip) * channels;
      let write = to + ((image * height + rows.first + i * rows.stride) * width + columns.first) * channels;
      for (let j = 0; j < columns.count; j++, write += step) {
        for (let c = 0; c < channels; c++) heap[write++] = heap[read++];
      }
    }
  }
}
