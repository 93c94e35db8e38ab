import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../src/core/errors.js";
import { readZip } from "./read-zip.js";
import { deflatedZeros, handmadeZip } from "./zip-files.js";

const text = (words: string) => new TextEncoder().encode(words);
const two = [
  { name: "a", content: text("first") },
  { name: "b", content: text("second") },
];
const content = new Map(two.map((file) => [file.name, file.content]));

describe("zipFiles", () => {
  it("reads archives with and without zip64", () => {
    expect(readZip(handmadeZip(two))).toEqual(content);
    expect(readZip(handmadeZip(two, { zip64: true }))).toEqual(content);
  });

  it("inflates only the requested files", () => {
    const broken = { name: "c", content: text("third"), packed: text("no deflate") };
    const bytes = handmadeZip([...two, broken]);
    expect(() => readZip(bytes)).toThrow(/c is damaged/);
    expect([...readZip(bytes, { choose: () => ["b"] })]).toEqual([["b", text("second")]]);
  });

  it("rejects overlapping files", () => {
    const bytes = handmadeZip([two[0], { ...two[1], header: 0, packed: new Uint8Array(12) }]);
    expect(() => readZip(bytes, { file: "x.zip" })).toThrow(/^x\.zip: [ab] overlaps with another file/);
    expect(() => readZip(bytes)).toThrow(CheckpointError);
  });

  it("rejects a directory that continues after its last file", () => {
    const bytes = handmadeZip(two);
    bytes[bytes.length - 12]--;
    expect(() => readZip(bytes)).toThrow(/names 1 files, there is more in it/);
  });

  it("stops at the first byte beyond the declared size", () => {
    const size = 400_000_000;
    const lie = { name: "a", content: new Uint8Array(10), packed: deflatedZeros(2 ** 22), size: 10 };
    const many = new Uint8Array(lie.packed.length * 100);
    const start = performance.now();
    const before = process.memoryUsage.rss();
    expect(() => readZip(handmadeZip([lie]))).toThrow(/longer than the 10 bytes/);
    // The same stream a hundred times would become 400 MB: only its first piece is inflated.
    for (let i = 0; i < 100; i++) many.set(lie.packed, i * lie.packed.length);
    expect(() => readZip(handmadeZip([{ ...lie, packed: many }]))).toThrow(/longer than the 10 bytes/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(size / 2);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("rejects more than maxRatio, maxBytes and maxEntries before inflating", () => {
    const packed = deflatedZeros(2 ** 20);
    const bomb = { name: "a", content: new Uint8Array(0), packed, size: packed.length * 1000 };
    expect(
      readZip(handmadeZip([{ name: "a", content: new Uint8Array(2 ** 20), packed }])).get("a"),
    ).toHaveLength(2 ** 20);
    const bombs = Array.from({ length: 40 }, (_, i) => ({ ...bomb, name: `${i}` }));
    expect(() => readZip(handmadeZip(bombs))).toThrow(/more than 200 times as many; raise maxRatio/);
    expect(() => readZip(handmadeZip(bombs), { maxRatio: 2000, maxBytes: 1e6 })).toThrow(/raise maxBytes/);
    expect(() => readZip(handmadeZip(two), { maxEntries: 1 })).toThrow(/holds 2 files.*raise maxEntries/);
    expect(() => readZip(handmadeZip([{ ...bomb, size: 2 ** 31 }]))).toThrow(/cannot have 2147483648 bytes/);
    expect(() => readZip(handmadeZip(two), { maxBytes: -1 })).toThrow(/maxBytes: expected a number above 0/);
  });
});
