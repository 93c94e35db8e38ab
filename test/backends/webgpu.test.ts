import { beforeAll, describe, expect, it } from "vitest";
import { relativeError } from "../../packages/tfjs-training/test/compare.js";
import { operationCases, runCase } from "../../packages/tfjs-training/test/operation-cases.js";
import { hasSoftwareGpu, runOnSwiftShader } from "../../packages/tfjs-training/test/webgpu-support.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { ppoLosses } from "../losses/ppo-losses.js";
import { runTrainings } from "./training-cases.js";
import type { WebGPURun } from "./webgpu-run.js";

// SwiftShader's own sine and cosine are exact to 2e-4 only; WGSL asks for no more.
const coarse = new Map([
  ["sin", 1e-3],
  ["cos", 1e-3],
]);

describe.skipIf(!hasSoftwareGpu)("webgpu through Dawn on SwiftShader", () => {
  let run: WebGPURun;
  beforeAll(async () => {
    run = runOnSwiftShader<WebGPURun>("test/backends/webgpu-run.ts");
    await useBackend("wasm");
  }, 600_000);

  it("auto prefers wasm to a software adapter and says so", () => {
    expect(run.automatic.name).toBe("wasm");
    const rejected = run.automatic.rejected.find(({ name }) => name === "webgpu");
    expect(rejected?.reason).toMatch(/SwiftShader.* computes in software, slower than wasm/);
  });

  it("is taken when asked for, with the adapter's limits", () => {
    expect(run.asked).toMatchObject({ name: "webgpu", reason: "asked for", rejected: [] });
    expect(run.asked.device).toContain("SwiftShader");
    expect(run.storageBuffers).toBeGreaterThan(8); // tfjs's own device has 8
  });

  it.each([...operationCases.keys()])("agrees with wasm: %s", async (name) => {
    const expected = await runCase(operationCases.get(name)!);
    const actual = run.cases[name];
    expect(actual, "no error").toBeInstanceOf(Array);
    expected.forEach((values, i) => {
      const what = i === 0 ? "output" : `gradient of input ${i - 1}`;
      expect(relativeError(actual[i] as number[], values), what).toBeLessThan(coarse.get(name) ?? 1e-4);
    });
  });

  it("trains as wasm does; no update leaves a tensor behind", async () => {
    const names = Object.keys(run.trainings.losses);
    expect(names).toHaveLength(2);
    const { losses } = await runTrainings(names);
    for (const name of names) {
      expect(losses[name]).toHaveLength(20);
      losses[name].forEach((loss, i) => {
        expect(Math.abs(run.trainings.losses[name][i] - loss), `${name}, update ${i}`).toBeLessThan(1e-4);
      });
    }
  });

  it("trains PPO, saves and goes on as wasm does, without reading synchronously", async () => {
    const expected = await ppoLosses();
    expect(run.ppo).toHaveLength(3);
    expected.forEach((loss, i) => {
      expect(Math.abs(run.ppo[i] - loss), `update ${i}`).toBeLessThan(1e-4);
    });
    expect(run.synchronousReads).toBe(0);
  });

  it("a shader that the GPU refuses reaches the program as an error", () => {
    expect(run.refused).toEqual(["BACKEND", expect.stringMatching(/^webgpu: .*cannot be trusted any more/s)]);
  });
});
