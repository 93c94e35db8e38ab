import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WiredCfCCell } from "../../../src/cells/wired-cfc-cell.js";
import { Random } from "../../../src/core/random.js";
import { cfcFlavours, cfcModes } from "../../../src/recurrent/ops/check-scan.js";
import { hasScanKernel } from "../../../src/recurrent/ops/scan-kernels.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../../src/wirings/auto-ncp.js";
import {
  cfcProblem,
  differences,
  draw,
  drawCourse,
  evaluate,
  ltcProblem,
  mixedProblem,
  type Problem,
  type Values,
} from "./scan-problems.js";

async function expectSameOnWasm(problem: Problem, tolerance = 1e-5): Promise<void> {
  await useBackend("cpu");
  const expected = await evaluate(problem);
  await useBackend("wasm");
  const actual = await evaluate(problem);
  for (const [name, difference] of Object.entries(differences(actual, expected))) {
    expect(actual[name].every(Number.isFinite), name).toBe(true);
    expect(difference, name).toBeLessThan(tolerance);
  }
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("fused scans on wasm equal the composed ones on cpu", () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it("have separate kernels", async () => {
    await useBackend("wasm");
    for (const name of ["CfCScan", "WiredCfCScan", "MixedCfCScan", "LTCScan"] as const)
      expect(hasScanKernel(name)).toBe(true);
    await useBackend("cpu");
    expect(hasScanKernel("CfCScan")).toBe(false);
  });

  it.each(seeds(30))("CfC of random sizes and options, seed %i", async (seed) => {
    await expectSameOnWasm(cfcProblem(seed));
  });

  it.each(seeds(20))("CfC with mixed memory of random sizes and options, seed %i", async (seed) => {
    await expectSameOnWasm(mixedProblem(seed));
  });

  it.each(seeds(12))("LTC of random sizes and options, seed %i", async (seed) => {
    await expectSameOnWasm(ltcProblem(seed, [1 + (seed % 7), 1 + (seed % 5)]));
  });

  it.each(seeds(8))("wired CfC of random options, seed %i", async (seed) => {
    const random = new Random(seed);
    const pick = <T>(list: readonly T[]) => list[random.integer(list.length)];
    const [mode, flavour] = [pick(cfcModes), pick(cfcFlavours)];
    const recurrence = pick(["layer", "wired"] as const);
    const wiring = new AutoNCP({ units: 9 + random.integer(12), outputSize: 1 + random.integer(3), seed });
    const [batch, steps, features] = [1 + random.integer(6), 1 + random.integer(6), 3];
    await useBackend("cpu");
    const cell = new WiredCfCCell({ wiring, mode, flavour, recurrence, seed });
    cell.build(features);
    const tensors: Record<string, Values> = {
      x: draw(random, [batch, steps, features]),
      state: draw(random, [batch, wiring.units], 0.5),
    };
    const fixed = drawCourse(random, tensors, batch, steps);
    for (const [name, variable] of cell.variables) {
      tensors[name] = draw(random, variable.shape, 0.4);
    }
    await expectSameOnWasm({
      tensors,
      run(named) {
        // The same cell with other tensors in place of its weights.
        const layers = cell.layers.map((layer, i) => {
          const at = (name: string) => named[`layer${i + 1}/${name}`];
          return {
            ...layer,
            weights: {
              backbone: [],
              heads: { kernel: at("heads/kernel"), bias: at("heads/bias") },
              wTau: at("w_tau"),
              a: at("a"),
            },
          };
        });
        const copy = Object.create(cell, { layers: { value: layers } }) as WiredCfCCell;
        return copy.scan({
          x: named.x as tf.Tensor3D,
          state: named.state as tf.Tensor2D,
          resets: named["resets!"],
          mask: named["mask!"],
          elapsed: named.elapsed ?? fixed,
        });
      },
    });
    cell.dispose();
  });

  it("stay accurate over a thousand steps", async () => {
    const random = new Random(5);
    const [batch, steps] = [2, 1000];
    const long = cfcProblem(3);
    const [, , features] = long.tensors.x.shape;
    long.tensors.x = draw(random, [batch, steps, features]);
    long.tensors.state = draw(random, [batch, long.tensors.state.shape[1]], 0.5);
    for (const name of Object.keys(long.tensors)) {
      if (/^(elapsed|resets!|mask!|dropout)/.test(name)) delete long.tensors[name];
    }
    await expectSameOnWasm(long, 3e-5);
  });
});

describe("fused scans", () => {
  it("leak no tensors, with and without gradients", async () => {
    await useBackend("wasm");
    for (const problem of [cfcProblem(1), mixedProblem(1), ltcProblem(1, [5, 4])]) {
      await evaluate(problem);
      const before = tf.memory();
      for (let i = 0; i < 3; i++) await evaluate(problem);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
    }
  });

  it("pass tfjs's own check for leaks inside kernels", async () => {
    await useBackend("wasm");
    tf.enableDebugMode();
    try {
      for (const problem of [cfcProblem(4), mixedProblem(4), ltcProblem(4, [9, 6])])
        expect(await evaluate(problem)).toBeDefined();
    } finally {
      tf.env().set("DEBUG", false);
    }
  });

  it("give the inputs of masked steps no gradient, and carry the state over them", async () => {
    await useBackend("wasm");
    for (const make of [() => cfcProblem(2), () => mixedProblem(2), () => ltcProblem(2, [6, 5])]) {
      const problem = make();
      const [batch, steps, features] = problem.tensors.x.shape;
      const mask = new Float32Array(batch * steps).fill(1);
      for (let b = 0; b < batch; b++) mask[b * steps + steps - 1] = 0;
      problem.tensors["mask!"] = { shape: [batch, steps], values: mask };
      delete problem.tensors["resets!"];
      const results = await evaluate(problem);
      const dx = results["d x"];
      for (let b = 0; b < batch; b++) {
        const last = dx.subarray((b * steps + steps - 1) * features, (b + 1) * steps * features);
        expect(last.every((value) => value === 0)).toBe(true);
      }
      expect(dx.some((value) => value !== 0)).toBe(steps > 1);
      if (steps === 1) continue;
      const size = results.outputs.length / (batch * steps);
      for (let b = 0; b < batch; b++) {
        const row = (t: number) =>
          results.outputs.subarray((b * steps + t) * size, (b * steps + t + 1) * size);
        expect(Array.from(row(steps - 1))).toEqual(Array.from(row(steps - 2)));
      }
    }
  });
});
