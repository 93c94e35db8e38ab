/** Resizes images. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, wordsOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

interface Attributes {
  size: [number, number];
}

function resizedShape({ shape }: TensorInfo, { size }: Attributes): number[] {
  return [shape[0], ...size, shape[3]];
}

/** `ResizeBilinear`. For integers and an empty batch, the stock kernel leaks a copy. */
export const resizeBilinear = defineRepair<{ images: TensorInfo }, Attributes>(
  "ResizeBilinear",
  (stockOf) => {
    const stock = stockOf("ResizeBilinear");
    return (call) => {
      const { inputs, backend, attrs } = call;
      if (sizeOf(inputs.images.shape) > 0) return stock(call);
      return backend.makeOutput(resizedShape(inputs.images, attrs), "float32");
    };
  },
);

/** `ResizeNearestNeighbor`. The stock kernel converts integers to floats, unlike tfjs's other backends. */
export const resizeNearestNeighbor = defineRepair<{ images: TensorInfo }, Attributes>(
  "ResizeNearestNeighbor",
  (stockOf) => {
    const stock = stockOf("ResizeNearestNeighbor");
    return (call) => {
      const { inputs, backend, attrs } = call;
      const { images } = inputs;
      if (images.dtype !== "int32") return stock(call);
      const output = backend.makeOutput(resizedShape(images, attrs), "int32");
      if (sizeOf(images.shape) === 0) return output;
      // Positions of every pixel's first element; floats represent these exactly.
      const [batch, height, width, channels] = images.shape;
      const pixels = height * width;
      const places = backend.makeOutput([1, height, width, 1], "int32");
      const first = addressOf(backend, places);
      const numbered = wordsOf(backend);
      for (let i = 0; i < pixels; i++) numbered[first + i] = i;
      const chosen = stock({ ...call, inputs: { images: places } });
      const at = addressOf(backend, chosen);
      const from = addressOf(backend, images);
      const to = addressOf(backend, output);
      const words = wordsOf(backend);
      const floats = heapOf(backend);
      const count = sizeOf(chosen.shape);
      for (let image = 0; image < batch; image++) {
        for (let i = 0; i < count; i++) {
          const source = from + (image * pixels + floats[at + i]) * channels;
          words.copyWithin(to + (image * count + i) * channels, source, source + channels);
        }
      }
      backend.disposeData(chosen.dataId);
      backend.disposeData(places.dataId);
      return output;
    };
  },
);
