/** Forward depthwise convolutions. */

import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { type ConvAttributes, type ConvGeometry, checkOutputs, type Shape4D } from "./conv-geometry.js";
import { frameSize } from "./frames.js";

/**
 * `DepthwiseConv2dNative`. The stock kernel computes the number of outputs itself, ignoring `dimRoundingMode` and
 * unlike tfjs for numeric padding: it then writes past its memory or leaves some of it unwritten; with strides
 * larger than the filter and `"same"` it writes zeros. In these cases it gets images with explicit borders, which
 * need no padding.
 */
export const depthwiseConv2d = defineRepair<{ x: TensorInfo; filter: TensorInfo }, ConvAttributes>(
  "DepthwiseConv2dNative",
  (stockOf) => {
    const stock = stockOf("DepthwiseConv2dNative");
    return (call) => {
      const { inputs, backend, attrs } = call;
      const { x, filter } = inputs;
      if (attrs.dataFormat === "NCHW") return stock(call);
      const { strides, dilations, pad, dimRoundingMode } = attrs;
      const shapes = [x.shape as Shape4D, filter.shape as Shape4D] as const;
      const g = backend_util.computeConv2DInfo(
        ...shapes,
        strides,
        dilations ?? 1,
        pad,
        dimRoundingMode,
        true,
      );
      checkOutputs(g.outHeight, g.outWidth);
      if (g.outShape.includes(0)) return backend.makeOutput(g.outShape, "float32");
      if (outputsFit(g, pad === "same")) return stock(call);
      const { height, width } = frameSize(g);
      const { batchSize: images, inHeight, inWidth, inChannels: channels } = g;
      const framed = backend.makeOutput([images, height, width, channels], "float32");
      const [from, to] = [x, framed].map((tensor) => bytesOf(backend, tensor));
      const input = [from, images, inHeight, inWidth * channels] as const;
      const border = [g.padInfo.top, g.padInfo.left * channels] as const;
      kernelsOf(backend).frameImages(...input, to, height, width * channels, ...border);
      const unpadded = { ...attrs, pad: "valid" as const, dimRoundingMode: undefined };
      const result = stock({ ...call, inputs: { x: framed, filter }, attrs: unpadded });
      backend.disposeData(framed.dataId);
      return result;
    };
  },
);

// Whether the stock kernel computes the same number of outputs and the same padding as tfjs.
function outputsFit(g: ConvGeometry & { padInfo: backend_util.PadInfo }, same: boolean): boolean {
  const { top, bottom, left, right } = g.padInfo;
  const [rows, columns] = [
    (g.filterHeight - 1) * g.dilationHeight + 1,
    (g.filterWidth - 1) * g.dilationWidth + 1,
  ];
  return [
    [g.inHeight, top + bottom, rows, g.strideHeight, g.outHeight],
    [g.inWidth, left + right, columns, g.strideWidth, g.outWidth],
  ].every(
    ([size, padding, reach, stride, count]) =>
      Math.floor((size + padding - reach) / stride) + 1 === count && !(same && stride > reach),
  );
}
