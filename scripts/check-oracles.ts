/**
 * Compares this library's cells with recorded runs of the Python package `ncps`.
 *
 * `npm run check:oracles -- FILE...` prints a line for each case; exit status 1 when a supported case differs by
 * more than 1e-5, 2 when a file cannot be read.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type BackendName, useBackend } from "../src/backends/index.js";
import { casesOf, type OracleCase } from "./oracles/case.js";
import { type CaseResult, checkCase } from "./oracles/check-case.js";

const tolerance = 1e-5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { backend: { type: "string", default: "wasm" } },
});

function readCases(file: string): OracleCase[] {
  try {
    return casesOf(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exit(2);
  }
}

if (positionals.length === 0) {
  console.error("usage: npm run check:oracles -- FILE... [--backend wasm|cpu]");
  process.exit(2);
}
const cases = positionals.flatMap(readCases);
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
const supported = cases.length - unsupported;
console.log(
  `${cases.length} cases: ${supported - failed} of ${supported} within ${tolerance}, ${unsupported} unsupported`,
);
process.exitCode = failed > 0 ? 1 : 0;
