/**
 * First steps, after the quickstart of the Python package ncps: a network of 16 liquid neurons, and a CfC, learn to
 * turn one wave into another of twice the frequency. Takes a few seconds:
 *
 *     node --import tsx examples/first-steps/index.ts [--help]
 */

import * as tf from "@tensorflow/tfjs-core";
import { Adam, AutoNCP, CfC, LTC, useBackend } from "ncps-ts";
import { commandLine } from "../support/run-example.js";
import { plot } from "./plot.js";

const usage = `An LTC and a CfC learn a wave

  node --import tsx examples/first-steps/index.ts [options]

  --seed N     seed of the initial weights (default 0)
  --epochs N   updates (default 400)
  --help       this text`;
const { seed, epochs } = commandLine(usage, (given) => ({
  seed: given.whole("seed", 0),
  epochs: given.whole("epochs", 400),
}));

await useBackend();
const steps = 48;
const time = tf.linspace(0, 3 * Math.PI, steps);
const x = tf.reshape<tf.Rank.R3>(tf.stack([tf.sin(time), tf.cos(time)], 1), [1, steps, 2]);
const y = tf.reshape(tf.sin(tf.linspace(0, 6 * Math.PI, steps)), [1, steps, 1]);

const wiring = new AutoNCP({ units: 16, outputSize: 1 });
learn("LTC with the wiring AutoNCP(16, 1)", new LTC({ wiring, seed }));
learn("CfC with 32 units", new CfC({ units: 32, projSize: 1, seed }));

function learn(title: string, layer: LTC | CfC): void {
  console.log(`\n${title}, seed ${seed}`);
  layer.build([null, null, 2]);
  const optimizer = new Adam();
  for (let epoch = 0; epoch < epochs; epoch++) {
    tf.tidy(() => {
      const options = { learningRate: 0.01, maxGradNorm: 1 };
      const { loss } = optimizer.minimize(() => lossOf(layer), layer.variables, options);
      if (epoch % 50 === 0) report(epoch, loss);
    });
  }
  tf.tidy(() => {
    report(epochs, lossOf(layer));
    const curves = [
      { values: y.dataSync(), mark: "·" },
      { values: layer.forward(x).dataSync(), mark: "*" },
    ];
    console.log(`${plot(curves)}\n   * network  · target`);
  });
  optimizer.dispose();
  layer.dispose();
}

function lossOf(layer: LTC | CfC): tf.Scalar {
  return tf.mean(tf.square(tf.sub(layer.forward(x), y)));
}

function report(epoch: number, loss: tf.Tensor): void {
  console.log(`epoch ${String(epoch).padStart(4)}  loss ${loss.dataSync()[0].toExponential(2)}`);
}
