/** Fuzz target of run folders that are opened again. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRun } from "../../src/node/run-folder.js";
import { type Draw, damaged, oddData, pick, typedOr } from "./mutate.js";
import type { FuzzTarget } from "./target.js";

const names = ["run.json", "progress.csv", "progress.jsonl"];
let files = new Map<string, Uint8Array>();

async function log(path: string): Promise<void> {
  const { logger } = await openRun(path, { table: false, formats: ["csv", "jsonl"] });
  try {
    for (let step = 1; step < 4; step++) {
      logger.record("train/loss", step / 3);
      logger.dump(step * 10);
    }
  } finally {
    logger.close();
  }
}

async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ncps-ts-fuzz-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const targets: FuzzTarget[] = [
  {
    name: "run-folder",
    prepare: () =>
      inFolder(async (folder) => {
        const path = join(folder, "run");
        await log(path);
        files = new Map(
          await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const)),
        );
      }),
    mutate(random: Draw) {
      const mutant = new Map(files);
      const name = pick(random, ["run.json", ...names]);
      const bytes = new Uint8Array(files.get(name) as Uint8Array);
      if (name === "run.json" && random() < 0.5) {
        try {
          const data: unknown = oddData(JSON.parse(new TextDecoder().decode(bytes)), random);
          mutant.set(name, new TextEncoder().encode(JSON.stringify(data)));
          return mutant;
        } catch {} // too deep to be written
      }
      mutant.set(name, damaged(bytes, random));
      return mutant;
    },
    run: (mutant) =>
      inFolder(async (folder) => {
        const path = join(folder, "run");
        await mkdir(path);
        for (const [name, bytes] of mutant as Map<string, Uint8Array>)
          await writeFile(join(path, name), bytes);
        return typedOr(
          () => log(path),
          async () => {
            const { starts } = JSON.parse(await readFile(join(path, "run.json"), "utf8")) as {
              starts: unknown[];
            };
            if (starts.length < 1) throw new Error("run.json lacks this start");
          },
        );
      }),
  },
];
