import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Nested } from "../../scripts/oracles/case.js";
import { checkCase } from "../../scripts/oracles/check-case.js";
import { describeRecordedRuns } from "./recorded-runs.js";

const cases = describeRecordedRuns("recorded runs", ["torch-cfc", "keras-cfc", "wired-and-mixed"]);

describe("the comparison with recorded runs", () => {
  it("detects a wrong output and a wrong gradient", () => {
    const shift = (values: Nested): Nested => (Array.isArray(values) ? values.map(shift) : values + 1e-4);
    const [oracle] = cases;
    const wrong = checkCase({ ...oracle, y: shift(oracle.y) });
    expect("unsupported" in wrong ? 0 : wrong.outputError).toBeGreaterThan(9e-5);
    const [name, parameter] = Object.entries(oracle.params)[0];
    const params = { ...oracle.params, [name]: { ...parameter, grad: shift(parameter.grad!) } };
    const steep = checkCase({ ...oracle, params });
    expect(steep).toMatchObject({ worst: name });
    expect("unsupported" in steep ? 0 : steep.gradientError).toBeGreaterThan(9e-5);
  });

  it("transposes time-first recordings", () => {
    const oracle = cases.find(({ tag }) => tag === "cfc-default-proj3-mixed0-ts1")!;
    const turned = (rows: Nested) =>
      (rows as Nested[][])[0].map((_, t) => (rows as Nested[][]).map((row) => row[t]));
    const result = checkCase({
      ...oracle,
      meta: { ...oracle.meta, batch_first: false },
      x: turned(oracle.x),
      timespans: turned(oracle.timespans!),
      y: turned(oracle.y),
    });
    // The loss weights the outputs in their order, so only the outputs stay the same.
    expect("unsupported" in result ? 1 : result.outputError).toBeLessThan(1e-5);
  });

  it("is a command that exits with a status", () => {
    const folder = mkdtempSync(join(tmpdir(), "oracles-"));
    const run = (content: string) => {
      const file = join(folder, "cases.json");
      writeFileSync(file, content);
      const command = ["--import", "tsx", "scripts/check-oracles.ts", file, "--backend", "cpu"];
      return spawnSync(process.execPath, command, { encoding: "utf8" });
    };
    const [first] = cases;
    const other = { ...first, meta: { ...first.meta, activation: "swiglu" } };
    const good = run(JSON.stringify([first, other]));
    expect(good.stdout).toMatch(/2 cases: 1 of 1 within 0.00001, 1 unsupported/);
    expect(good.stdout).toMatch(/unsupported: activation swiglu/);
    expect(good.status).toBe(0);
    const bad = run(JSON.stringify([{ ...first, y: JSON.parse(JSON.stringify(first.x)) }]));
    expect(bad.status).toBe(1);
    expect(run("{").status).toBe(2);
    rmSync(folder, { recursive: true });
  });
});
