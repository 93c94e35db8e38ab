// Files that safetensors wrote (test/fixtures/bridges/make.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readArrays } from "../../src/bridges/index.js";
import { writeSafetensors } from "../../src/checkpoints/safetensors.js";
import { CheckpointError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";

const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/bridges/${name}`));

function file(header: unknown, data: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  return Uint8Array.from([text.length, 0, 0, 0, 0, 0, 0, 0, ...text, ...new Uint8Array(data)]);
}

describe("readArrays", () => {
  it("reads what safetensors wrote, half precision included", () => {
    expect(Object.fromEntries(readArrays(fixture("mixed.safetensors")))).toEqual({
      b: { shape: [2], data: Float64Array.of(1, 2) },
      k: { shape: [2], data: Float32Array.of(1.25, -7.5) },
      w: { shape: [2, 2], data: Float32Array.of(0.5, -2, 0.0010004043579101562, 3) },
    });
    expect(Object.fromEntries(readArrays(fixture("bfloat16.safetensors")))).toEqual({
      w: { shape: [3], data: Float32Array.of(1, -2.5, 3.140625) },
    });
  });

  it("tells formats apart", () => {
    const arrays = new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]);
    expect(readArrays(writeSafetensors(arrays))).toEqual(arrays);
    expect(readArrays(fixture("stored.npz")).get("scalar")).toEqual({
      shape: [],
      data: Float32Array.of(1.5),
    });
    for (const bytes of [
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
      new TextEncoder().encode("not a tensor file"),
    ]) {
      expect(() => readArrays(bytes, "weights")).toThrow(CheckpointError);
      expect(() => readArrays(bytes, "weights")).toThrow("weights: ");
    }
  });

  it("refuses halves that do not fit", () => {
    const entry = (shape: unknown, offsets: unknown) =>
      file({ w: { dtype: "F16", shape, data_offsets: offsets } }, 6);
    expect(readArrays(entry([3], [0, 6])).get("w")!.data).toEqual(new Float32Array(3));
    expect(() => readArrays(entry([2], [0, 6]), "f")).toThrow(
      'f: tensor "w": shape [2] of F16 takes 4 bytes, there are 6',
    );
    for (const [shape, offsets] of [
      [[3], [0, 8]],
      [[3], [4, 2]],
      [[3], [0]],
      ["3", [0, 6]],
      [[-3], [0, 6]],
    ]) {
      expect(() => readArrays(entry(shape, offsets))).toThrow(CheckpointError);
    }
    expect(() => readArrays(file(null, 0))).toThrow(CheckpointError);
    expect(() => readArrays(file({ w: null }, 0))).toThrow(CheckpointError);
  });

  it("throws typed errors only, whatever the damage", () => {
    const random = new Random(9);
    let refused = 0;
    for (const name of ["mixed.safetensors", "bfloat16.safetensors"]) {
      for (let i = 0; i < 1000; i++) {
        const bad = fixture(name);
        bad[random.integer(bad.length)] ^= 1 << random.integer(8);
        try {
          readArrays(random.integer(4) === 0 ? bad.slice(0, random.integer(bad.length)) : bad);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
