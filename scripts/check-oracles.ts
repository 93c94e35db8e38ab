/**
 * Compares this library's cells and wirings with recorded ones of the Python package `ncps`.
 *
 * `npm run check:oracles -- FILE...` prints a line for each case; exit status 1 when a supported case differs by
 * more than 1e-5 or a wiring in any entry, 2 when a file cannot be read.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { BackendName } from "tfjs-training";
import { useBackend } from "../src/recurrent/use-backend.js";
import { casesOf, type OracleCase } from "./oracles/case.js";
import { type CaseResult, checkCase } from "./oracles/check-case.js";
import { checkWiring, isWiringFile, type WiringCase } from "./oracles/wirings.js";

const tolerance = 1e-5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { backend: { type: "string", default: "wasm" } },
});

function readCases(file: string): { cells: OracleCase[]; wirings: WiringCase[] } {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isWiringFile(content) ? { cells: [], wirings: content } : { cells: casesOf(content), wirings: [] };
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exit(2);
  }
}

if (positionals.length === 0) {
  console.error("usage: npm run check:oracles -- FILE... [--backend wasm|cpu]");
  process.exit(2);
}
const files = positionals.map(readCases);
const cases = files.flatMap(({ cells }) => cells);
const wirings = files.flatMap(({ wirings }) => wirings);
await useBackend(values.backend as BackendName);
let failed = 0;
let unsupported = 0;
for (const oracle of cases) {
  const tag = oracle.tag.padEnd(44);
  let result: CaseResult;
  try {
    result = checkCase(oracle);
  } catch (error) {
    failed++;
    console.log(`${tag} FAILED: ${(error as Error).message}`);
    continue;
  }
  if ("unsupported" in result) {
    unsupported++;
    console.log(`${tag} unsupported: ${result.unsupported}`);
    continue;
  }
  const { outputError, gradientError, worst, scale } = result;
  const passed = outputError <= tolerance && gradientError <= tolerance;
  if (!passed) failed++;
  const errors = `outputs ${outputError.toExponential(1)}  gradients ${gradientError.toExponential(1)}`;
  console.log(
    `${tag} ${errors}  ${passed ? "ok" : `FAILED at ${worst}, values up to ${scale.toPrecision(3)}`}`,
  );
}
if (cases.length > 0) {
  const supported = cases.length - unsupported;
  console.log(
    `${cases.length} cases: ${supported - failed} of ${supported} within ${tolerance}, ${unsupported} unsupported`,
  );
}
const results = wirings.map(checkWiring);
for (const { tag, ok, detail } of results)
  console.log(`${tag.padEnd(64)} ${detail}  ${ok ? "ok" : "FAILED"}`);
const different = results.filter(({ ok }) => !ok).length;
if (wirings.length > 0) console.log(`${wirings.length} wirings: ${wirings.length - different} equal`);
process.exitCode = failed + different > 0 ? 1 : 0;
