import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hasKernels } from "../../packages/tfjs-training/src/wasm/memory/own-memory.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { cfcModes } from "../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { createStepper } from "../../src/steppers/stepper.js";

vi.mock("../../packages/tfjs-training/src/wasm/memory/own-memory.js", async (original) => ({
  ...(await original<object>()),
  hasKernels: () => false,
}));

beforeAll(async () => {
  await useBackend("cpu");
});

describe("steppers without compiled kernels", () => {
  const layers = [
    ...cfcModes.map((mode) => () => new CfC({ units: 5, mode, seed: 1 })),
    () => new CfC({ units: 5, backboneLayers: 2, flavour: "tf", activation: "silu", seed: 2 }),
    () => new LTC({ units: 5, seed: 3 }),
  ];
  it.each(layers)("equal the scan in plain arrays, %#", (make) => {
    expect(hasKernels()).toBe(false);
    const layer = make();
    layer.build([null, null, 3]);
    const stepper = createStepper(layer);
    const x = Float32Array.of(0.3, -1, 0.7);
    const state = Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5);
    const scanned = tf.tidy(() =>
      layer
        .scan(tf.tensor3d(x, [1, 1, 3]), { state: tf.tensor2d(state, [1, 5]), elapsed: 0.4 })
        .outputs.dataSync()
        .slice(),
    );
    const output = stepper.step(x, state, 0.4);
    output.forEach((value, i) => {
      expect(Math.abs(value - scanned[i])).toBeLessThan(2e-6);
    });
    layer.dispose();
  });
});
