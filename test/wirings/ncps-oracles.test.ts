import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checkWiring, isWiringFile } from "../../scripts/oracles/wirings.js";

const cases: unknown = JSON.parse(readFileSync("test/fixtures/oracles/wirings-ncps.json", "utf8"));
if (!isWiringFile(cases)) throw new Error("no recorded wirings");

it.each(cases.map((oracle) => checkWiring(oracle)))("$tag equals ncps", ({ ok, detail }) => {
  expect(ok, detail).toBe(true);
});

it("detects a synapse with the wrong polarity", () => {
  const [oracle] = structuredClone(cases);
  oracle.adjacency[0][0] *= -1;
  expect(checkWiring(oracle)).toMatchObject({ ok: false, detail: "differs in adjacency" });
});
