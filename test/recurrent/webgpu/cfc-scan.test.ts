import { beforeAll, describe, expect, it } from "vitest";
import { hasSoftwareGpu, runOnSwiftShader } from "../../../packages/tfjs-training/test/webgpu-support.js";
import type { CfCScanRun } from "./cfc-scan-run.js";

function expectSmall(differences: Record<string, number>, tolerance = 2e-5): void {
  expect(Object.keys(differences)).toContain("d kernel0");
  for (const [name, difference] of Object.entries(differences)) {
    expect(difference, name).toBeLessThan(tolerance);
  }
}

describe.skipIf(!hasSoftwareGpu)("CfC scans in one shader equal the composed ones on cpu", () => {
  let run: CfCScanRun;
  beforeAll(() => {
    run = runOnSwiftShader<CfCScanRun>("test/recurrent/webgpu/cfc-scan-run.ts");
  }, 600_000);

  it("of random sizes and options", () => {
    expect(run.fused).toBe(true);
    expect(run.seeds).toHaveLength(12);
    for (const differences of run.seeds) expectSmall(differences);
  });

  it("with several rows in each of many workgroups", () => expectSmall(run.large));

  it("by the composition if a layer does not fit into a workgroup", () => {
    expect(run.wide.fused).toBe(false);
    expectSmall(run.wide.difference);
  });

  it("leak no tensors", () => {
    expect(run.left).toEqual([0, 0]);
  });
});
