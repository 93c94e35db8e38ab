import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Kinds of generated images. */
export type PictureKind = "noise" | "gradient" | "blocks" | "ties";

/** One image and OpenCV's result for it; hashes are SHA-256. */
export interface PictureCase {
  kind: PictureKind;
  seed: number;
  input: [number, number];
  output: [number, number];
  rgb: string;
  gray: string;
  small: string;
  middleRow: number[];
}

/** Written by test/fixtures/images/make.py. */
export const fixture: { opencv: string; colours: string; ties: string; cases: PictureCase[] } = JSON.parse(
  readFileSync(new URL("../fixtures/images/images.json", import.meta.url), "utf8"),
);

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** xorshift32; the top byte of every draw. */
export function noise(count: number, seed: number): Uint8Array {
  let x = seed | 0;
  return Uint8Array.from({ length: count }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 24;
  });
}

/** `[height, width, 3]`, the same bytes as `picture` in make.py. */
export function picture(kind: PictureKind, height: number, width: number, seed: number): Uint8Array {
  if (kind === "noise") return noise(height * width * 3, seed);
  const values = kind === "ties" ? noise(height * width, seed) : null;
  const rgb = new Uint8Array(height * width * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        if (kind === "gradient") rgb[i++] = (x * (3 + c) + y * (5 - c) + seed) % 256;
        else if (values) rgb[i++] = values[y * width + x] < 128 ? 0 : 100;
        else rgb[i++] = block(y, x, c, height, seed);
      }
    }
  }
  return rgb;
}

function block(y: number, x: number, c: number, height: number, seed: number): number {
  const middle = Math.floor(height / 2);
  if (y >= middle && y < middle + 4 && x >= 77 && x < 79) return 236;
  if (y >= height - 21 && y < height - 17 && x >= 31 && x < 47) return 200 - 60 * c;
  const row = Math.floor(y / 6);
  if ((row + Math.floor(x / 8) + seed) % 5 !== 0 || y % 50 >= 36) return 0;
  return 40 + ((row * 37 + c * 71) % 200);
}
