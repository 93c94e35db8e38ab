import { describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { AreaResizer } from "../../src/images/area-resize.js";
import { rgbToGray } from "../../src/images/gray.js";
import { fixture, noise, picture, sha256 } from "./pictures.js";

function resizer([inputHeight, inputWidth]: number[], [outputHeight, outputWidth]: number[]) {
  return new AreaResizer({ inputHeight, inputWidth, outputHeight, outputWidth });
}

describe("AreaResizer", () => {
  it.each(fixture.cases)(
    "equals OpenCV: $kind $seed, $input to $output",
    ({ kind, seed, input, output, small, middleRow }) => {
      const rgb = picture(kind, ...input, seed);
      const made = resizer(input, output);
      const gray = made.resize(rgbToGray(rgb));
      const from = Math.floor(output[0] / 2) * output[1];
      expect([...gray.subarray(from, from + middleRow.length)]).toEqual(middleRow);
      expect(sha256(gray)).toBe(small);
      expect(sha256(made.resizeRGB(rgb))).toBe(small);
    },
  );

  it("rounds means half-way between two bytes as OpenCV does", () => {
    const expected = Buffer.from(fixture.ties, "base64");
    const made = resizer([210, 160], [84, 84]).resizeRGB(picture("ties", 210, 160, fixture.cases[3].seed));
    expect([...made.subarray(0, expected.length)]).toEqual([...expected]);
  });

  it("works on arrays at any offset", () => {
    const rgb = picture("blocks", 210, 160, 3);
    const shifted = new Uint8Array(rgb.length + 1);
    shifted.set(rgb, 1);
    const made = resizer([210, 160], [84, 84]);
    expect(made.resizeRGB(shifted.subarray(1))).toEqual(made.resizeRGB(rgb));
  });

  it("keeps no state between images", () => {
    const made = resizer([210, 160], [84, 84]);
    const rgb = picture("gradient", 210, 160, 5);
    const first = made.resizeRGB(rgb);
    made.resizeRGB(picture("noise", 210, 160, 6));
    made.resize(noise(210 * 160, 7));
    expect(made.resizeRGB(rgb)).toEqual(first);
  });

  it("keeps uniform images uniform", () => {
    for (const output of [
      [84, 84],
      [105, 80],
      [83, 97],
      [1, 1],
    ]) {
      for (const value of [0, 1, 127, 254, 255]) {
        const made = resizer([210, 160], output).resize(new Uint8Array(210 * 160).fill(value));
        expect(made.every((byte) => byte === value)).toBe(true);
      }
    }
  });

  it("handles an odd number of output rows", () => {
    // [0, 60, 120, 180, 240] -> 3 rows of 5/3: (0 + 60 * 2/3) / (5/3) = 24, 120, 216
    const made = resizer([5, 1], [3, 1]).resize(Uint8Array.of(0, 60, 120, 180, 240));
    expect([...made]).toEqual([24, 120, 216]);
  });

  it("writes into the given array", () => {
    const out = new Uint8Array(84 * 84);
    expect(resizer([210, 160], [84, 84]).resizeRGB(picture("noise", 210, 160, 1), out)).toBe(out);
    expect(out.some((byte) => byte > 0)).toBe(true);
  });

  it("rejects enlarging", () => {
    expect(() => resizer([64, 64], [84, 84])).toThrow(InvalidArgumentError);
    expect(() => resizer([210, 64], [84, 84])).toThrow(/outputWidth: expected at most inputWidth = 64/);
  });

  it.each([0, -1, 2.5, Number.NaN])("rejects a size of %s", (size) => {
    expect(() => resizer([210, 160], [size, 84])).toThrow(InvalidArgumentError);
    expect(() => resizer([size, 160], [84, 84])).toThrow(InvalidArgumentError);
  });

  it("rejects images of another size", () => {
    const made = resizer([210, 160], [84, 84]);
    expect(() => made.resize(new Uint8Array(210 * 160 * 3))).toThrow(ShapeError);
    expect(() => made.resizeRGB(new Uint8Array(210 * 160))).toThrow(/\[210, 160, 3\]/);
    expect(() => made.resizeRGB(new Uint8Array(100800), new Uint8Array(84))).toThrow(ShapeError);
  });
});
