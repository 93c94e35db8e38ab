import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Adam } from "../../packages/tfjs-training/src/optimizers/adam.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/auto-ncp.js";

describe("LTC", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("learns the sine of the quickstart of ncps to 1e-3 within 400 epochs", { timeout: 60_000 }, () => {
    const steps = 48;
    const time = tf.linspace(0, 3 * Math.PI, steps);
    const x = tf.reshape<tf.Rank.R3>(tf.stack([tf.sin(time), tf.cos(time)], 1), [1, steps, 2]);
    const y = tf.reshape(tf.sin(tf.linspace(0, 6 * Math.PI, steps)), [1, steps, 1]);
    const layer = new LTC({ wiring: new AutoNCP({ units: 16, outputSize: 1 }), seed: 0 });
    layer.build([null, null, 2]);
    const { variables } = layer;
    const optimizer = new Adam();
    const epoch = () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => tf.mean(tf.square(tf.sub(layer.forward(x), y))) as tf.Scalar,
          [...variables.values()],
        );
        const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]]));
        optimizer.applyGradients(gradients, variables, { learningRate: 0.01, maxGradNorm: 1 });
        return value.dataSync()[0];
      });
    let loss = epoch();
    expect(loss).toBeGreaterThan(0.3);
    for (let i = 1; i < 400 && loss > 1e-3; i++) loss = epoch();
    expect(loss).toBeLessThanOrEqual(1e-3);
    optimizer.dispose();
    layer.dispose();
    tf.dispose([time, x, y]);
  });
});
