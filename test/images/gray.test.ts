import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.js";
import { rgbToGray } from "../../src/images/gray.js";
import { fixture, picture, sha256 } from "./pictures.js";

describe("rgbToGray", () => {
  it("equals OpenCV for each of the 2^24 colours", () => {
    const expected = Buffer.from(fixture.colours, "base64");
    const rgb = new Uint8Array(256 * 256 * 3);
    const gray = new Uint8Array(256 * 256);
    for (let red = 0; red < 256; red++) {
      for (let i = 0; i < gray.length; i++) rgb.set([red, i >> 8, i & 255], 3 * i);
      expect(sha256(rgbToGray(rgb, gray)).slice(0, 8)).toBe(
        expected.subarray(4 * red, 4 * red + 4).toString("hex"),
      );
    }
  });

  it.each(fixture.cases)("equals OpenCV on $kind $seed", ({ kind, seed, input, rgb, gray }) => {
    const made = picture(kind, ...input, seed);
    expect(sha256(made)).toBe(rgb);
    expect(sha256(rgbToGray(made))).toBe(gray);
  });

  it("preserves gray, black and white", () => {
    expect([...rgbToGray(Uint8Array.of(0, 0, 0, 255, 255, 255, 77, 77, 77))]).toEqual([0, 255, 77]);
    expect([...rgbToGray(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255))]).toEqual([76, 150, 29]);
  });

  it("writes into the given array", () => {
    const out = new Uint8Array(1);
    expect(rgbToGray(Uint8Array.of(9, 9, 9), out)).toBe(out);
    expect(out[0]).toBe(9);
  });

  it("rejects invalid lengths", () => {
    expect(() => rgbToGray(new Uint8Array(4))).toThrow(ShapeError);
    expect(() => rgbToGray(new Uint8Array(6), new Uint8Array(3))).toThrow(ShapeError);
  });

  it("rejects an output that would overwrite unread input", () => {
    const bytes = new Uint8Array(9);
    expect(() => rgbToGray(bytes, bytes.subarray(3, 6))).toThrow(/overlaps/);
    expect(rgbToGray(bytes, bytes.subarray(0, 3))).toHaveLength(3); // in place at the front is safe
  });
});
