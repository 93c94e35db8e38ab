// Files written by safetensors (test/fixtures/bridges/make.py).
import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
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
  it("reads files written by safetensors, including half precision", () => {
    expect(Object.fromEntries(readArrays(fixture("mixed.safetensors")))).toEqual({
      b: { shape: [2], data: Float64Array.of(1, 2) },
      k: { shape: [2], data: Float32Array.of(1.25, -7.5) },
      w: { shape: [2, 2], data: Float32Array.of(0.5, -2, 0.0010004043579101562, 3) },
    });
    expect(Object.fromEntries(readArrays(fixture("bfloat16.safetensors")))).toEqual({
      w: { shape: [3], data: Float32Array.of(1, -2.5, 3.140625) },
    });
  });

  it("recognises the format by the first bytes", () => {
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

  it("rejects half-precision tensors with invalid offsets", () => {
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

  it("rejects types that are properties of Object.prototype or not strings", () => {
    for (const dtype of [
      "constructor",
      "toString",
      "__proto__",
      "hasOwnProperty",
      { toString: 1 },
      [[["F16"]]],
    ]) {
      const bytes = file({ w: { dtype, shape: [3], data_offsets: [0, 6] } }, 6);
      expect(() => readArrays(bytes, "f")).toThrow(CheckpointError);
      expect(() => readArrays(bytes, "f")).toThrow(/^f: tensor "w": dtype .* is none of/);
    }
    const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const text = `{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"w":{"dtype":"F32","shape":${nested},"data_offsets":[2,2]}}`;
    const bytes = file(0, 2 + text.length);
    bytes.set(new TextEncoder().encode(text), 8);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    expect(() => readArrays(bytes, "f")).toThrow(CheckpointError);
  });

  it("keeps tensors named like properties of Object.prototype", () => {
    const header = JSON.parse('{"__proto__":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}');
    expect([...readArrays(file(header, 2))]).toEqual([
      ["__proto__", { shape: [1], data: Float32Array.of(0) }],
    ]);
  });

  it("explains what to do with a pickle of torch.save, in both of its formats", () => {
    const zip = zipSync({ "archive/data.pkl": Uint8Array.of(0x80, 2), "archive/data/0": new Uint8Array(8) });
    const old = Uint8Array.of(
      0x80,
      2,
      0x8a,
      10,
      0x6c,
      0xfc,
      0x9c,
      0x46,
      0xf9,
      0x20,
      0x6a,
      0xa8,
      0x50,
      0x19,
      0x2e,
    );
    for (const bytes of [zip, old]) {
      expect(() => readArrays(bytes, "model.pt")).toThrow(CheckpointError);
      expect(() => readArrays(bytes, "model.pt")).toThrow(
        /^model\.pt: this is a file of torch\.save: a pickle, which can run code.*safetensors\.torch\.save_file/,
      );
    }
    // A header of 640 bytes starts with the same bytes.
    const padded = file({ w: { dtype: "U8", shape: [1], data_offsets: [0, 1] } }, 0);
    const longer = new Uint8Array(8 + 640 + 1).fill(0x20, 8, 648);
    longer.set(padded.subarray(8), 8);
    longer.set([0x80, 2]);
    expect(readArrays(longer).get("w")?.shape).toEqual([1]);
  });

  it("throws only typed errors for damaged files", () => {
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
