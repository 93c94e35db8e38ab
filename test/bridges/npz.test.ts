// Files written by numpy (test/fixtures/bridges/make.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpz, readNpzAsync, writeNpz } from "../../src/bridges/index.js";
import { readNpy, writeNpy } from "../../src/bridges/npy.js";
import { CheckpointError, InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";

const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/bridges/${name}`));
const grid = Float64Array.from({ length: 24 }, (_, i) => i - 11.5);

describe("npz files of numpy", () => {
  it.each(["stored.npz", "deflated.npz"])("are read: %s", (name) => {
    const arrays = readNpz(fixture(name));
    const shape = [2, 3, 4];
    expect(Object.fromEntries(arrays)).toEqual({
      f2: {
        shape: [2, 3],
        data: Float32Array.of(0.5, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, -0),
      },
      f4: { shape, data: Float32Array.from(grid) },
      f8: { shape, data: grid.map((value) => value / 3) },
      f4_fortran: { shape, data: Float32Array.from(grid) },
      i4: { shape: [3], data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
      i8: { shape: [2], data: Float64Array.of(-(2 ** 53) + 1, 7) },
      u1: { shape: [256], data: Uint8Array.from({ length: 256 }, (_, i) => i) },
      b1: { shape: [2], data: Uint8Array.of(1, 0) },
      scalar: { shape: [], data: Float32Array.of(1.5) },
      empty: { shape: [0, 3], data: new Float32Array(0) },
    });
  });

  it.each(["version1.npy", "version2.npy", "version3.npy"])(
    "are read in every format version: %s",
    (name) => {
      expect(readNpy(fixture(name))).toEqual({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    },
  );

  it("in Fortran order are converted to C order for any number of dimensions", () => {
    const shape = [2, 1, 3, 1, 2, 2];
    const rows = Float32Array.from({ length: 24 }, (_, i) => i);
    const columns = new Float32Array(24);
    rows.forEach((value, i) => {
      let [at, stride, rest] = [0, 1, i];
      const index = [...shape].reverse().map((size) => {
        const digit = rest % size;
        rest = Math.floor(rest / size);
        return digit;
      });
      for (const [axis, digit] of index.reverse().entries()) {
        at += digit * stride;
        stride *= shape[axis];
      }
      columns[at] = value;
    });
    const file = Buffer.from(writeNpy({ shape, data: columns }));
    file.write("True, ", file.indexOf("False,"));
    expect(readNpy(new Uint8Array(file))).toEqual({ shape, data: rows });
  });

  it("are written byte for byte like numpy's", () => {
    const array = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(writeNpy(array)).toEqual(fixture("version1.npy"));
    const arrays = readNpz(fixture("stored.npz"));
    for (const compress of [false, true]) {
      const bytes = writeNpz(arrays, { compress });
      expect([...readNpz(bytes)]).toEqual([...arrays]);
      expect(writeNpz(arrays, { compress })).toEqual(bytes);
    }
    const zeros = new Map([["zeros", { shape: [1000], data: new Float32Array(1000) }]]);
    expect(writeNpz(zeros, { compress: true }).length).toBeLessThan(writeNpz(zeros).length / 4);
    expect(readNpz(writeNpz(new Map()))).toEqual(new Map());
    expect(() => writeNpz(new Map([["", array]]))).toThrow(InvalidArgumentError);
    expect(() => writeNpz(new Map([["w", { ...array, shape: [7] }]]))).toThrow(ShapeError);
  });
});

describe("npz files with many arrays", () => {
  const arrays = new Map(
    ["a", "b", "__proto__", "constructor"].map((name, i) => [name, { shape: [1], data: Uint8Array.of(i) }]),
  );

  it("return only the requested arrays", () => {
    const bytes = writeNpz(arrays);
    expect(readNpz(bytes)).toEqual(arrays);
    expect([...readNpz(bytes, "x.npz", { names: ["b", "none"] }).keys()]).toEqual(["b"]);
    expect(() => readNpz(bytes, "x.npz", { maxEntries: 3 })).toThrow(CheckpointError);
  });

  it("are read by readNpzAsync while timers fire", async () => {
    const large = new Map([
      ["x", { shape: [24e6], data: Uint8Array.from({ length: 24e6 }, (_, i) => (i * i) >> 4) }],
    ]);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const read = await readNpzAsync(writeNpz(large, { compress: true }));
    clearInterval(timer);
    expect(Buffer.compare(read.get("x")!.data as Uint8Array, large.get("x")!.data)).toBe(0);
    expect(turns).toBeGreaterThan(1);
  });
});

describe("damaged npz files", () => {
  it.each(["stored.npz", "deflated.npz"])("never return different arrays: %s", (name) => {
    const good = fixture(name);
    const arrays = JSON.stringify([...readNpz(good)]);
    const random = new Random(5);
    let refused = 0;
    for (let i = 0; i < 1500; i++) {
      const bad = good.slice();
      bad[random.integer(bad.length)] ^= 1 << random.integer(8);
      try {
        // Dates and other metadata may differ; contents and names may not, except for bits that only name an entry.
        if (JSON.stringify([...readNpz(bad)]) !== arrays) {
          expect([...readNpz(bad).values()]).toEqual([...readNpz(good).values()]);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(500);
  });

  it("are rejected when truncated", () => {
    const good = fixture("stored.npz");
    for (let length = 0; length < good.length; length += 7) {
      expect(() => readNpz(good.slice(0, length))).toThrow(CheckpointError);
    }
    const single = fixture("version1.npy");
    for (let length = 0; length < single.length; length++) {
      expect(() => readNpy(single.slice(0, length))).toThrow(CheckpointError);
    }
  });

  it("are described by the error message", () => {
    const npy = (descr: string, shape: string, bytes: number, version = 1) => {
      const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
      const head = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, text.length, 0];
      return Uint8Array.from([...head, ...new TextEncoder().encode(text), ...new Uint8Array(bytes)]);
    };
    expect(readNpy(npy("<f4", "(2,)", 8)).data.length).toBe(2);
    expect(readNpy(npy("<f4", "(2L, 1L)", 8)).shape).toEqual([2, 1]);
    expect(() => readNpy(npy(">f4", "(2,)", 8), "w.npy")).toThrow(/^w\.npy: type >f4 is none of/);
    expect(() => readNpy(npy("|O", "(2,)", 16))).toThrow(/type \|O/);
    expect(() => readNpy(npy("<f4", "(2,)", 9))).toThrow("shape [2] of <f4 takes 8 bytes, there are 9");
    expect(() => readNpy(npy("<f4", "(99999999999999999999,)", 8))).toThrow(CheckpointError);
    expect(() => readNpy(npy("<f4", "[2]", 8))).toThrow(/header/);
    expect(() => readNpy(npy("<f4", "(2,)", 8, 4))).toThrow(/version 4/);
    expect(() => readNpy(npy("constructor", "(2,)", 8))).toThrow(/type constructor is none of/);
    expect(readNpy(npy("|u1", `(${"1,".repeat(32)})`, 1)).shape).toHaveLength(32);
    expect(() => readNpy(npy("|u1", `(${"1,".repeat(65)})`, 1))).toThrow(
      /65 dimensions, expected at most 64/,
    );
    const long = new Uint8Array(200_000).fill(0x20);
    long.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0x34, 0x0d, 3, 0]);
    expect(() => readNpy(long)).toThrow(/a header of 199988 bytes, expected at most 10000/);
    const big = npy("<i8", "(1,)", 8);
    big[big.length - 1] = 0x7f;
    expect(() => readNpy(big)).toThrow(/does not fit/);
    expect(() => readNpz(Uint8Array.of(1, 2, 3))).toThrow(/no zip directory/);
  });
});
