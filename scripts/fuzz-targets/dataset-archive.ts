/** Fuzz target of downloaded archives of cloning data. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import {
  cloningFileName,
  readCloningSequence,
  writeCloningSequence,
} from "../../src/datasets/cloning-format.js";
import { openCloningDataset } from "../../src/node/datasets/open-cloning-dataset.js";
import { deflatedZeros, handmadeZip } from "../../test/bridges/zip-files.js";
import { below, type Draw, damaged, pick, typedOr } from "./mutate.js";
import type { FuzzTarget } from "./target.js";

const names = ["train", "val"].flatMap((split) =>
  [0, 1, 2].map((i) => cloningFileName(split as "train" | "val", i)),
);
const files: Record<string, Uint8Array> = {};
const known = new Set<string>();
let zeros = new Uint8Array(0);
const SIZE = 150_000_000;

const ODD_NAMES = [
  "../train_00009.npz",
  "/tmp/train_00009.npz",
  "train_..\\..\\00009.npz",
  "train_C:00009.npz",
  "train_\0.npz",
  `train_${"x".repeat(300)}.npz`,
  "train_.npz",
  "a/b/c/train_00000.npz",
  "train_con.npz",
];

function bomb(random: Draw): Uint8Array {
  const size = pick(random, [10, SIZE, 2 ** 32 - 2]);
  const count = 1 + below(random, 20);
  const overlap = random() < 0.3;
  const outer = Array.from({ length: count }, (_, i) => {
    const header = overlap && i > 0 ? { header: 0 } : {};
    return { name: `train_${i}.npz`, content: new Uint8Array(0), packed: zeros, size, ...header };
  });
  if (random() < 0.5) return handmadeZip(outer);
  const inner = handmadeZip([{ name: "obs.npy", content: new Uint8Array(0), packed: zeros, size }]);
  return zipSync({ "train_00000.npz": inner });
}

export const targets: FuzzTarget[] = [
  {
    name: "dataset-archive",
    async prepare() {
      zeros = new Uint8Array(deflatedZeros(SIZE));
      for (const [i, name] of names.entries()) {
        const observations = Uint8Array.from({ length: 4 * 36 }, (_, k) => (k * (i + 3)) % 251);
        known.add(String(observations));
        const actions = new Int32Array(4).fill(i);
        files[name] = writeCloningSequence({ observations, actions, shape: [6, 6, 1] });
      }
    },
    mutate(random) {
      const kind = random();
      if (kind < 0.1) return bomb(random);
      if (kind < 0.25) return zipSync({ ...files, [pick(random, ODD_NAMES)]: files[names[0]] });
      if (kind < 0.5) {
        const name = pick(random, names);
        return zipSync({ ...files, [name]: damaged(files[name], random) });
      }
      return damaged(zipSync(files), random);
    },
    async run(mutant) {
      const folder = await mkdtemp(join(tmpdir(), "ncps-ts-fuzz-"));
      try {
        const archive = join(folder, "data.zip");
        await writeFile(archive, mutant as Uint8Array);
        return await typedOr(
          async () => {
            const dataset = await openCloningDataset(archive);
            for (let i = 0; i < dataset.size; i++) await dataset.sequence(i);
          },
          async () => {
            const outside = (await readdir(folder)).filter((name) => !["data", "data.zip"].includes(name));
            if (outside.length > 0) throw new Error(`files were written outside of the folder: ${outside}`);
            for (const name of await readdir(join(folder, "data"))) {
              const { observations } = await readCloningSequence(await readFile(join(folder, "data", name)));
              if (!known.has(String(observations))) throw new Error(`${name} was read with other pictures`);
            }
          },
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
