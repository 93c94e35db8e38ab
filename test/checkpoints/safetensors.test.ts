import { describe, expect, it } from "vitest";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../src/checkpoints/safetensors.js";
import { CheckpointError, InvalidArgumentError, ShapeError } from "../../src/core/errors.js";

const all = new Map<string, SafeTensor>([
  ["bytes", { shape: [3], data: Uint8Array.of(0, 128, 255) }],
  ["ints", { shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) }],
  ["words", { shape: [1], data: Uint32Array.of(2 ** 32 - 1) }],
  ["floats", { shape: [2, 2], data: Float32Array.of(1e-45, Number.NaN, -0, Number.POSITIVE_INFINITY) }],
  ["doubles", { shape: [1, 1, 1], data: Float64Array.of(Math.PI) }],
  ["none", { shape: [0, 4], data: new Float32Array(0) }],
  ["scalar", { shape: [], data: Float64Array.of(-1) }],
]);

// A file made of a header, given as text or value, and some data.
function fileOf(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  file[0] = text.length;
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

const bytes = (count: number, begin: number, end: number) => ({
  dtype: "U8",
  shape: [count],
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  it("restores every type bit by bit", () => {
    const back = readSafetensors(writeSafetensors(all));
    expect([...back.keys()].sort()).toEqual([...all.keys()].sort());
    for (const [name, tensor] of all) expect(back.get(name)).toEqual(tensor);
    expect(Object.is(back.get("floats")?.data[2], -0)).toBe(true);
  });

  it("writes the format byte by byte", () => {
    const file = writeSafetensors(new Map([["w", { shape: [1, 2], data: Float32Array.of(1, -2) }]]));
    const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    expect(file[0]).toBe(Math.ceil(header.length / 8) * 8);
    expect(new TextDecoder().decode(file.subarray(8, 8 + file[0])).trimEnd()).toBe(header);
    expect([...file.subarray(8 + file[0])]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it("aligns every array to its element size", () => {
    const file = writeSafetensors(all);
    const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
    for (const [name, { data }] of all) {
      expect((start + header[name].data_offsets[0]) % data.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  it("reads views into larger buffers, and copies", () => {
    const file = writeSafetensors(all);
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 3);
    const back = readSafetensors(larger.subarray(3, 3 + file.length));
    larger.fill(0);
    expect(back.get("doubles")?.data).toEqual(Float64Array.of(Math.PI));
    const part = new Map([["part", { shape: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) }]]);
    expect(readSafetensors(writeSafetensors(part)).get("part")?.data).toEqual(Float32Array.of(1, 2));
  });

  it("reads files of other writers: any order, metadata, no padding", () => {
    const header = { __metadata__: { format: "pt" }, b: bytes(2, 1, 3), a: bytes(1, 0, 1) };
    const back = readSafetensors(fileOf(header, [7, 8, 9]));
    expect(back.get("a")?.data).toEqual(Uint8Array.of(7));
    expect(back.get("b")?.data).toEqual(Uint8Array.of(8, 9));
  });

  it("reads a file of the reference implementation (safetensors 0.8.0)", () => {
    const base64 =
      "AAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCJ9LCJkIjp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOltdLCJkYXRhX29m" +
      "ZnNldHMiOlswLDhdfSwieCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbOCwzMl19LCJpIjp7ImR0" +
      "eXBlIjoiSTMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzZdfSwiYiI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlszXSwi" +
      "ZGF0YV9vZmZzZXRzIjpbMzYsMzldfX0gICAgICAgAAAAAAAABEAAAAAAAACAPwAAAEAAAEBAAACAQAAAoED/////AQID";
    const back = readSafetensors(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    expect(Object.fromEntries(back)).toEqual({
      x: { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
      b: { shape: [3], data: Uint8Array.of(1, 2, 3) },
      d: { shape: [], data: Float64Array.of(2.5) },
      i: { shape: [1], data: Int32Array.of(-1) },
    });
  });

  it("accepts any names", () => {
    const names = ["__proto__", "constructor", 'ä/ö.\n"', "", "\ud83d\ude00"];
    const data = new Map(names.map((name, i) => [name, { shape: [1], data: Int32Array.of(i) }]));
    const back = readSafetensors(writeSafetensors(data));
    for (const [i, name] of names.entries()) expect(back.get(name)?.data).toEqual(Int32Array.of(i));
  });

  it("supports a file without arrays", () => {
    expect(readSafetensors(writeSafetensors(new Map()))).toEqual(new Map());
  });

  it("rejects on writing what it could not read", () => {
    const one = { shape: [1], data: new Uint8Array(1) };
    expect(() => writeSafetensors(new Map([["__metadata__", one]]))).toThrow(InvalidArgumentError);
    expect(() => writeSafetensors(new Map([["x", { ...one, shape: [2] }]]))).toThrow(ShapeError);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(0), /at least 8 bytes/],
    ["a header longer than the file", fileOf("{}").fill(200, 0, 1), /header of 200 bytes/],
    ["a giant header", new Uint8Array(16).fill(255, 0, 8), /header of/],
    ["no JSON", fileOf('{"a":'), /not valid JSON/],
    ["broken UTF-8", fileOf("{}").fill(0xff, 9, 10), /not valid JSON/],
    ["a list", fileOf([]), /not a JSON object/],
    ["leading space", fileOf(" {}"), /not a JSON object/],
    ["metadata that is no text", fileOf({ __metadata__: { a: 1 } }), /__metadata__/],
    ["an entry of nothing", fileOf({ a: null }), /"a": expected \{ dtype/],
    ["an entry too many", fileOf({ a: { ...bytes(1, 0, 1), x: 1 } }, [1]), /"a": expected \{ dtype/],
    ["an unknown type", fileOf({ a: { ...bytes(1, 0, 1), dtype: "BF16" } }, [1]), /dtype "BF16" is none/],
    ["a negative size", fileOf({ a: { ...bytes(1, 0, 1), shape: [-1] } }, [1]), /shape \[-1\]/],
    ["a broken size", fileOf({ a: { ...bytes(1, 0, 1), shape: [0.5] } }, [1]), /shape \[0.5\]/],
    ["offsets beyond the end", fileOf({ a: bytes(2, 0, 2) }, [1]), /data_offsets \[0, 2\]/],
    ["offsets backwards", fileOf({ a: bytes(1, 1, 0) }, [1]), /data_offsets \[1, 0\]/],
    ["negative offsets", fileOf({ a: bytes(1, -1, 0) }, [1]), /data_offsets \[-1, 0\]/],
    ["one offset", fileOf({ a: { ...bytes(1, 0, 1), data_offsets: [0] } }, [1]), /data_offsets \[0\]/],
    ["a shape of another size", fileOf({ a: bytes(2, 0, 1) }, [1]), /takes 2 bytes.*span 1/],
    ["arrays that overlap", fileOf({ a: bytes(2, 0, 2), b: bytes(2, 1, 3) }, [1, 2, 3]), /start at byte 2/],
    ["arrays on top of each other", fileOf({ a: bytes(1, 0, 1), b: bytes(1, 0, 1) }, [1]), /start at byte 1/],
    ["a hole", fileOf({ a: bytes(1, 0, 1), b: bytes(1, 2, 3) }, [1, 2, 3]), /start at byte 1/],
    ["bytes left over", fileOf({ a: bytes(1, 0, 1) }, [1, 2]), /take 1 bytes, the file holds 2/],
    ["a cut file", writeSafetensors(all).slice(0, -1), /data_offsets/],
  ])("rejects %s", (_, file, message) => {
    expect(() => readSafetensors(file, "state.safetensors")).toThrow(CheckpointError);
    expect(() => readSafetensors(file, "state.safetensors")).toThrow(message);
    expect(() => readSafetensors(file, "state.safetensors")).toThrow(/^state\.safetensors: /);
  });
});
