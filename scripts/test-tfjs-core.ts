/**
 * Runs tfjs-core's own test suite, which is part of its package, on the backends as prepared by `useBackend`.
 *
 * `npm run test:tfjs-core -- [--backend wasm|cpu] [--only PATTERN]`; by default both backends and all specs. Exit
 * status 1 when a spec fails that is not listed in packages/tfjs-training/test/tfjs-core-known.json, or when a listed
 * one passes.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleSpecs } from "./tfjs-core/bundle.js";
import { type KnownDifference, type SpecResult, surprises } from "./tfjs-core/differences.js";

const { values } = parseArgs({
  options: {
    backend: { type: "string", multiple: true, default: ["wasm", "cpu"] },
    only: { type: "string", default: "" },
  },
});

const readJson = <T>(file: string | URL): T => JSON.parse(readFileSync(file, "utf8")) as T;
const known = readJson<KnownDifference[]>(
  new URL("../packages/tfjs-training/test/tfjs-core-known.json", import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), "tfjs-core-"));
let wrong = false;
try {
  const bundle = join(folder, "specs.mjs");
  await bundleSpecs(bundle);
  for (const backend of values.backend) {
    const file = join(folder, `${backend}.json`);
    // The output of the specs is intentional warnings of tfjs-core, which are not useful here.
    const { status, stderr } = spawnSync(process.execPath, [bundle, backend, file, values.only], {
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`the specs do not run on ${backend}:\n${stderr}`);
    const results = readJson<SpecResult[]>(file);
    const listed = values.only ? known.map((one) => ({ ...one, specs: onlyRun(one.specs, results) })) : known;
    const lines = surprises(results, listed, backend);
    const passed = results.filter((result) => result.passed).length;
    console.log(`${backend}: ${passed} of ${results.length} specs pass`);
    for (const line of lines) console.log(`  ${line}`);
    wrong ||= lines.length > 0 || results.length === 0;
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = wrong ? 1 : 0;

function onlyRun(specs: string[], results: SpecResult[]): string[] {
  return specs.filter((spec) => results.some(({ name }) => name === spec));
}
