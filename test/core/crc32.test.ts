import { crc32 as crc32OfNode } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32, crc32c, portableCrc32 } from "../../src/core/crc32.js";
import { Random } from "../../src/core/random.js";

const random = new Random(5);
const samples = [0, 1, 2, 7, 8, 255, 256, 4099].map((length) =>
  Uint8Array.from({ length }, () => random.integer(256)),
);

/** Bit by bit, the highest power first, as the definitions of both checksums have it. */
function byDefinition(bytes: Uint8Array, polynomial: bigint): number {
  const reflect = (value: bigint, width: number) =>
    BigInt(`0b${value.toString(2).padStart(width, "0").split("").reverse().join("")}`);
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= reflect(BigInt(byte), 8) << 24n;
    for (let bit = 0; bit < 8; bit++) {
      rest = rest & 0x80000000n ? ((rest << 1n) & 0xffffffffn) ^ polynomial : rest << 1n;
    }
  }
  return Number(reflect(rest, 32) ^ 0xffffffffn);
}

describe("crc32", () => {
  it("agrees with zlib", () => {
    for (const sum of [crc32, portableCrc32]) {
      expect(samples.map((bytes) => sum(bytes))).toEqual(samples.map((bytes) => crc32OfNode(bytes)));
    }
  });

  it("has the check value of its catalogue, whole and in parts, with and without Node's", () => {
    const bytes = new TextEncoder().encode("123456789");
    for (const sum of [crc32, portableCrc32]) {
      expect(sum(bytes)).toBe(0xcbf43926);
      expect(sum(bytes.subarray(4), sum(bytes.subarray(0, 4)))).toBe(0xcbf43926);
      expect(sum(new Uint8Array(0))).toBe(0);
    }
  });
});

describe("crc32c", () => {
  it("agrees with its definition", () => {
    expect(samples.map((bytes) => crc32c(bytes))).toEqual(
      samples.map((bytes) => byDefinition(bytes, 0x1edc6f41n)),
    );
    expect(samples.map((bytes) => crc32(bytes))).toEqual(
      samples.map((bytes) => byDefinition(bytes, 0x04c11db7n)),
    );
  });

  it.each<[string, number[], number]>([
    ["zeros", new Array(32).fill(0), 0x8a9136aa],
    ["ones", new Array(32).fill(0xff), 0x62a8ab43],
    ["rising bytes", Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("of 32 %s is that of RFC 3720", (_, bytes, expected) => {
    expect(crc32c(Uint8Array.from(bytes))).toBe(expected);
  });
});
