import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type KnownDifference, surprises } from "../../../scripts/tfjs-core/differences.js";

const known: KnownDifference[] = [
  { reason: "it is better so", backends: ["wasm"], specs: ["a differs"] },
  { reason: "and so", backends: ["cpu", "wasm"], specs: ["b differs"] },
];
const result = (name: string, passed: boolean) => ({
  name,
  passed,
  ...(!passed && { message: "1 is not 2" }),
});

it("specs that fail and are listed are accepted", () => {
  const results = [result("a differs", false), result("b differs", false), result("c", true)];
  expect(surprises(results, known, "wasm")).toEqual([]);
});

it("a spec that fails and is not listed for the backend is reported", () => {
  const results = [result("a differs", false), result("b differs", false)];
  expect(surprises(results, known, "cpu")).toEqual(["fails: a differs: 1 is not 2"]);
});

it("a listed spec that passes or does not exist is reported", () => {
  expect(surprises([result("a differs", true)], known, "wasm")).toEqual([
    "is listed as a known difference, but does not fail: a differs",
    "is listed as a known difference, but does not fail: b differs",
  ]);
});

it("the known differences have reasons and specs", () => {
  const file = new URL("./tfjs-core-known.json", import.meta.url);
  for (const { reason, backends, specs } of JSON.parse(readFileSync(file, "utf8")) as KnownDifference[]) {
    expect(reason.length).toBeGreaterThan(40);
    expect(specs.length).toBeGreaterThan(0);
    for (const backend of backends) expect(["wasm", "cpu"]).toContain(backend);
  }
});
