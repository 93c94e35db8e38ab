import { beforeAll, describe, expect, it } from "vitest";
import { hasSoftwareGpu, runOnSwiftShader } from "../../../packages/tfjs-training/test/webgpu-support.js";
import type { LTCScanRun } from "./ltc-scan-run.js";

function expectSmall(differences: Record<string, number>, tolerance = 2e-5): void {
  expect(Object.keys(differences)).toContain("d sensoryMu");
  for (const [name, difference] of Object.entries(differences)) {
    expect(difference, name).toBeLessThan(tolerance);
  }
}

describe.skipIf(!hasSoftwareGpu)("LTC scans in one shader equal those in arrays on cpu", () => {
  let run: LTCScanRun;
  beforeAll(() => {
    run = runOnSwiftShader<LTCScanRun>("test/recurrent/webgpu/ltc-scan-run.ts");
  }, 600_000);

  it("of random sizes and options", () => {
    expect(run.seeds).toHaveLength(12);
    for (const differences of run.seeds) expectSmall(differences);
  });

  it("of more neurons than a workgroup has lanes", () => {
    expect(run.fused).toBe(true);
    expectSmall(run.large);
  });

  it("are refused if the neurons do not fit into a workgroup", () => {
    expect(run.wide).toBe(false);
  });

  it("are composed if they are refused", () => {
    const size = { batch: 2, steps: 3, units: 5, widths: [2, expect.any(Number)] };
    expect(run.refused.sizes).toContainEqual(size);
    expectSmall(run.refused.difference);
  });

  it("are equal bit for bit when run again", () => {
    expect(run.same).toBe(true);
  });

  it("leak no tensors", () => {
    expect(run.left).toEqual([0, 0]);
  });
});
