import { describe, expect, it } from "vitest";
import { layOut, type SafeTensor } from "../../src/checkpoints/safetensors-header.js";
import { SafetensorsReader } from "../../src/checkpoints/safetensors-reader.js";
import { CheckpointError } from "../../src/core/errors.js";

const GIGABYTE = 2 ** 30;

describe("SafetensorsReader", () => {
  it("supports arrays beyond 2 and 4 GB", () => {
    // The pages of these arrays are never accessed.
    const large = (length: number): SafeTensor => ({ shape: [length], data: new Uint8Array(length) });
    const last = Uint8Array.of(5, 6, 7);
    const { head, byteLength } = layOut(
      new Map([
        ["a", large(2 * GIGABYTE + 8)],
        ["b", large(2 * GIGABYTE)],
        ["last", { shape: [3], data: last }],
      ]),
    );
    expect(byteLength).toBe(head.length + 4 * GIGABYTE + 8 + 3);
    const entries: [string, number, number][] = [];
    const reader = new SafetensorsReader(byteLength, "state", ({ name, begin, end }) => {
      entries.push([name, begin, end]);
      return name === "last" ? "new" : "skip";
    });
    reader.push(head);
    const zeros = new Uint8Array(GIGABYTE / 4);
    for (let i = 0; i < 16; i++) reader.push(zeros);
    reader.push(new Uint8Array(8));
    reader.push(last);
    expect(entries.slice(1)).toEqual([
      ["b", 2 * GIGABYTE + 8, 4 * GIGABYTE + 8],
      ["last", 4 * GIGABYTE + 8, 4 * GIGABYTE + 11],
    ]);
    expect(reader.end().get("last")?.data).toEqual(last);
  });

  it("throws when the file ends too early", () => {
    const { head, byteLength } = layOut(new Map([["a", { shape: [4], data: Uint8Array.of(1, 2, 3, 4) }]]));
    for (const [length, message] of [
      [5, /at least 8 bytes, there are 5/],
      [8, /within its header/],
      [20, /within its header/],
      [head.length, /within its arrays/],
      [head.length + 3, /within its arrays/],
    ] as const) {
      const reader = new SafetensorsReader(byteLength, "state");
      reader.push(Uint8Array.of(...head, 1, 2, 3, 4).subarray(0, length));
      expect(() => reader.end()).toThrow(CheckpointError);
      expect(() => reader.end()).toThrow(message);
    }
  });

  it("throws when an array is larger than the available memory", () => {
    const header = new TextEncoder().encode(
      JSON.stringify({ a: { dtype: "U8", shape: [2 ** 50], data_offsets: [0, 2 ** 50] } }),
    );
    const reader = new SafetensorsReader(8 + header.length + 2 ** 50, "state");
    const head = new Uint8Array(8 + header.length);
    head[0] = header.length;
    head.set(header, 8);
    expect(() => reader.push(head)).toThrow(
      /"a" takes 1125899906842624 bytes, which this machine cannot give/,
    );
  });
});
