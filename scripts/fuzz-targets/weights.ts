/** Fuzz targets of weight files: safetensors and npz, and layers that load them. */

import {
  kerasWeights,
  loadKerasWeights,
  loadTorchWeights,
  readArrays,
  torchWeights,
  writeNpz,
} from "../../src/bridges/index.js";
import { writeSafetensors } from "../../src/checkpoints/safetensors.js";
import { isTypedArray, sizeOf } from "../../src/core/state.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/index.js";
import { type Draw, damaged, oddData, oddValue, pick, typedOr } from "./mutate.js";
import type { FuzzTarget } from "./target.js";

interface Mutant {
  bytes: Uint8Array;
  layer: number;
}

/** The file with another header. */
function withHeader(file: Uint8Array, change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    unknown
  >;
  const text = new TextEncoder().encode(toJSON(change(header)));
  const changed = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(changed.buffer).setBigUint64(0, BigInt(text.length), true);
  changed.set(text, 8);
  changed.set(file.subarray(8 + length), 8 + text.length);
  return changed;
}

function toJSON(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return `{"w":${"[".repeat(20_000)}${"]".repeat(20_000)}}`; // too deep to be written
  }
}

let layers: { load: (arrays: ReturnType<typeof readArrays>) => void }[] = [];
let files: { bytes: Uint8Array; layer: number; zip: boolean }[] = [];

export const targets: FuzzTarget[] = [
  {
    name: "weights",
    async prepare() {
      await useBackend("wasm");
      const wiring = new AutoNCP({ units: 12, outputSize: 3 });
      const cfc = new CfC({ units: 8 });
      const ltc = new LTC({ wiring, flavour: "tf", implicitConstraints: false });
      cfc.build([null, null, 4]);
      ltc.build([null, null, 4]);
      layers = [
        { load: (arrays) => loadTorchWeights(cfc, arrays) },
        { load: (arrays) => loadKerasWeights(ltc, arrays) },
      ];
      files = [torchWeights(cfc), kerasWeights(ltc)].flatMap((arrays, layer) => [
        { bytes: writeSafetensors(arrays), layer, zip: false },
        { bytes: writeNpz(arrays), layer, zip: true },
        { bytes: writeNpz(arrays, { compress: true }), layer, zip: true },
      ]);
    },
    mutate(random: Draw): Mutant {
      const { bytes, layer, zip } = pick(random, files);
      if (zip || random() < 0.5) return { bytes: damaged(bytes, random), layer };
      const halves = pick(random, ["F16", "BF16", "__proto__", "constructor", "I64"]);
      const header = withHeader(bytes, (given) => {
        if (random() < 0.5) return oddData(given, random);
        const entry = given[pick(random, Object.keys(given))] as Record<string, unknown>;
        entry[pick(random, ["dtype", "shape", "data_offsets"])] = random() < 0.4 ? halves : oddValue(random);
        return given;
      });
      return { bytes: header, layer };
    },
    run(mutant) {
      const { bytes, layer } = mutant as Mutant;
      return typedOr(
        () => {
          const arrays = readArrays(bytes);
          for (const [name, { shape, data }] of arrays) {
            if (!isTypedArray(data) || data.length !== sizeOf(shape))
              throw new Error(`${name} is no array of its shape`);
          }
          layers[layer].load(arrays);
        },
        () => {},
      );
    },
  },
];
