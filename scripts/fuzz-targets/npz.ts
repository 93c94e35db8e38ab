/** Fuzz target of npz files, including decompression bombs. */

import { zipSync } from "fflate";
import { readNpz, writeNpz } from "../../src/bridges/index.js";
import { writeNpy } from "../../src/bridges/npy.js";
import { deflatedZeros, type HandmadeFile, handmadeZip } from "../../test/bridges/zip-files.js";
import { below, type Draw, damaged, pick, typedOr } from "./mutate.js";
import type { FuzzTarget } from "./target.js";

interface Mutant {
  bytes: Uint8Array;
  /** Whether arrays with known names must be unchanged: their checksums are valid. */
  checked: boolean;
}

const arrays = new Map([
  ["kernel", { shape: [6, 7], data: Float32Array.from({ length: 42 }, (_, i) => i * 0.25) }],
  ["bias", { shape: [5], data: Float64Array.of(1, 2, 3, 4, 5) }],
  ["steps", { shape: [300], data: Int32Array.from({ length: 300 }, (_, i) => i) }],
]);
let zeros = new Map<number, Uint8Array>();

/** An archive that claims, or contains, far more than its size. */
function bomb(random: Draw): Uint8Array {
  const size = pick(random, [...zeros.keys()]);
  const packed = zeros.get(size) as Uint8Array;
  const count = 1 + below(random, 60);
  const overlap = random() < 0.4;
  const claimed = pick(random, [10, size, size * 3, 2 ** 32 - 2]);
  const files = Array.from({ length: count }, (_, i): HandmadeFile => {
    const header = overlap && i > 0 ? { header: 0 } : {};
    return { name: `a${i}.npy`, content: new Uint8Array(0), packed, size: claimed, ...header };
  });
  return handmadeZip(files, { zip64: random() < 0.2 });
}

/** An npy file with another header. */
function oddNpy(random: Draw): Uint8Array {
  const file = writeNpy({ shape: [2, 3], data: new Float32Array(6) });
  const shape = pick(random, [
    "1,".repeat(pick(random, [60, 64, 65, 3000, 30_000])),
    "2, 3",
    "99999999999, 0",
    "-1, -6",
    "6L,",
    `${"0,".repeat(40)}9007199254740991,9007199254740991`,
  ]);
  const type = pick(random, ["<f4", "|u1", "constructor", "__proto__", "|O", "<i8", ">f4", "<f2"]);
  const order = pick(random, ["True", "False", "Maybe"]);
  const header = new TextEncoder().encode(
    `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`,
  );
  const bytes = new Uint8Array(12 + header.length + pick(random, [0, 1, 6, 24, 48]));
  bytes.set(file.subarray(0, 6));
  bytes.set([pick(random, [1, 2, 2, 2, 3, 4]), 0], 6);
  new DataView(bytes.buffer).setUint32(8, header.length, true);
  bytes.set(header, 12);
  return bytes;
}

export const targets: FuzzTarget[] = [
  {
    name: "npz",
    async prepare() {
      zeros = new Map([2 ** 16, 2 ** 24, 100_000_000].map((size) => [size, deflatedZeros(size)]));
    },
    mutate(random): Mutant {
      const kind = random();
      if (kind < 0.15) return { bytes: bomb(random), checked: false };
      if (kind < 0.35) return { bytes: zipSync({ "w.npy": oddNpy(random) }), checked: false };
      const bytes = writeNpz(arrays, { compress: random() < 0.5 });
      return { bytes: kind < 0.4 ? bytes : damaged(bytes, random), checked: true };
    },
    run(mutant) {
      const { bytes, checked } = mutant as Mutant;
      return typedOr(
        () => readNpz(bytes),
        (read) => {
          for (const [name, { shape, data }] of checked ? read : []) {
            const known = arrays.get(name);
            if (known && (String(known.data) !== String(data) || String(known.shape) !== String(shape))) {
              throw new Error(`${name} was read with other numbers`);
            }
          }
        },
      );
    },
  },
];
