import { describe, expect, it } from "vitest";
import { areaAxis } from "../../src/images/area-axis.js";
import { AreaResizer } from "../../src/images/area-resize.js";
import { elementwiseMax } from "../../src/images/elementwise-max.js";
import { addGrayRow } from "../../src/images/gray.js";
import { PackedArea } from "../../src/images/packed-area.js";
import { type PixelKernels, pixelKernels } from "../../src/images/pixel-kernels.js";
import { noise, picture } from "./pictures.js";

const kernels = pixelKernels() as PixelKernels;

describe("pixelKernels", () => {
  it("is available in Node and created once", () => {
    expect(kernels).not.toBeNull();
    expect(pixelKernels()).toBe(kernels);
  });

  it("provides memory of any size", () => {
    const bytes = kernels.bytes(3_000_000);
    expect(bytes.length).toBeGreaterThanOrEqual(3_000_000);
    bytes[2_999_999] = 7;
    expect(kernels.bytes(10)[2_999_999]).toBe(7);
  });

  it.each([4, 12, 160, 1024])("adds luma of %i pixels like plain code", (width) => {
    const rgb = noise(3 * width, width);
    rgb.set([255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255]);
    const expected = new Int32Array(width).fill(5);
    addGrayRow(rgb, 0, 0x20003, expected);
    const sumsAt = (rgb.length + 19) & ~15;
    const memory = kernels.bytes(sumsAt + 4 * width);
    memory.set(rgb);
    const sums = new Int32Array(memory.buffer, sumsAt, width).fill(5);
    kernels.addGrayRow(0, 0x20003, sumsAt, sumsAt + 4 * width);
    expect(sums).toEqual(expected);
  });
});

describe("PackedArea", () => {
  it.each([
    [210, 160, 84, 84],
    [210, 160, 96, 96],
    [210, 160, 80, 80],
    [15, 8, 6, 6],
    [5, 4, 3, 3],
  ])("gives the same bytes with and without kernels: %i x %i to %i x %i", (h, w, outH, outW) => {
    const axes = [areaAxis(h, outH), areaAxis(w, outW)] as const;
    expect(PackedArea.fits(...axes)).toBe(true);
    const kinds = ["noise", "ties", "blocks"] as const;
    for (const [kind, channels] of kinds.flatMap((kind) => [[kind, 3] as const, [kind, 1] as const])) {
      const pixels = picture(kind, h, w, 77).subarray(0, h * w * channels);
      const source = { pixels, channels };
      const plain = new Uint8Array(outH * outW);
      const fast = new Uint8Array(outH * outW);
      new PackedArea(...axes, null).resize(source, plain);
      new PackedArea(...axes, kernels).resize(source, fast);
      expect(fast).toEqual(plain);
    }
  });

  it("is only used if half-way means are the only rounding difference", () => {
    expect(PackedArea.fits(areaAxis(210, 84), areaAxis(160, 84))).toBe(true);
    expect(PackedArea.fits(areaAxis(250, 84), areaAxis(160, 84))).toBe(false);
  });

  it("keeps no state in the shared memory between resizers", () => {
    const sizes = { inputHeight: 210, inputWidth: 160, outputHeight: 84, outputWidth: 84 };
    const a = new AreaResizer(sizes);
    const b = new AreaResizer({ ...sizes, inputHeight: 420 });
    const rgb = picture("noise", 210, 160, 5);
    const first = a.resizeRGB(rgb);
    b.resizeRGB(picture("noise", 420, 160, 9));
    elementwiseMax(new Uint8Array(9999).fill(255), new Uint8Array(9999), new Uint8Array(9999));
    expect(a.resizeRGB(rgb)).toEqual(first);
  });
});
