/**
 * Irregular time: the XOR of a bit stream that arrives as events (after Hasani et al. 2022). A CfC that gets the
 * elapsed time of each event learns it; one that gets the same events without times cannot. The paper learns 32
 * bits from 100 000 streams; 12 bits take about a minute:
 *
 *     node --import tsx examples/irregular-time/index.ts [--help]
 */

import * as tf from "@tensorflow/tfjs-core";
import { Adam, CfC, Random, useBackend } from "ncps-ts";
import { commandLine } from "../support/run-example.js";
import { type BitStreams, drawBitStreams } from "./bit-stream.js";

const usage = `XOR of bits that arrive as events, with times and without

  node --import tsx examples/irregular-time/index.ts [options]

  --bits N      bits per stream (default 12)
  --updates N   default 1200
  --batch N     streams per update (default 64)
  --seed N      seed of weights and streams (default 0)
  --help        this text`;
const { length, updates, batch, seed } = commandLine(usage, (given) => ({
  length: given.whole("bits", 12, 1),
  updates: given.whole("updates", 1200, 1),
  batch: given.whole("batch", 64, 1),
  seed: given.whole("seed", 0),
}));

await useBackend();
const test = drawBitStreams(new Random(seed + 1000), 1000, length);
console.log(
  `XOR of ${length} bits that arrive as events; ${updates} updates of ${batch} streams, seed ${seed}\n`,
);
const accuracies = ["with times", "without times"].map((name) => [name, learn(name)] as const);
console.log("\nmodel          correct answers on 1000 new streams");
for (const [name, accuracy] of accuracies) console.log(`${name.padEnd(14)} ${(100 * accuracy).toFixed(1)} %`);

function learn(name: string): number {
  const timed = name === "with times";
  const layer = new CfC({ units: 32, backboneUnits: 64, projSize: 1, seed });
  layer.build([null, null, 1]);
  const optimizer = new Adam();
  const random = new Random(seed);
  const began = performance.now();
  for (let update = 1; update <= updates; update++) {
    const streams = drawBitStreams(random, batch, length);
    tf.tidy(() => {
      const options = { learningRate: rateAt(update), maxGradNorm: 1 };
      const { loss } = optimizer.minimize(() => lossOf(layer, streams, timed), layer.variables, options);
      if (update % Math.ceil(updates / 6) === 0) {
        const seconds = ((performance.now() - began) / 1000).toFixed(0);
        console.log(
          `${name}: update ${update}, loss ${loss.dataSync()[0].toFixed(3)}, ` +
            `accuracy ${(100 * accuracyOf(layer, test, timed)).toFixed(1)} %, ${seconds} s`,
        );
      }
    });
  }
  const accuracy = accuracyOf(layer, test, timed);
  optimizer.dispose();
  layer.dispose();
  return accuracy;
}

function rateAt(update: number): number {
  return 0.005 * Math.min(1, 2 * (1 - update / (updates + 1)));
}

/** Logits `[batch, length]` of "the XOR so far is 1". */
function logitsOf(layer: CfC, { bits, elapsed, mask, last }: BitStreams, timed: boolean): tf.Tensor2D {
  const shape: [number, number] = [last.length, length];
  const { outputs } = layer.scan(tf.tensor3d(bits, [...shape, 1]), {
    mask: tf.tensor2d(mask, shape),
    elapsed: timed ? tf.tensor2d(elapsed, shape) : 1,
  });
  return tf.reshape(outputs, shape);
}

/** Cross-entropy of the answers after every event. */
function lossOf(layer: CfC, streams: BitStreams, timed: boolean): tf.Scalar {
  const logits = logitsOf(layer, streams, timed);
  const shape = logits.shape;
  const mask = tf.tensor2d(streams.mask, shape);
  const parity = tf.tensor2d(streams.parity, shape);
  const losses = tf.sub(tf.softplus(logits), tf.mul(logits, parity));
  return tf.div(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
}

/** Fraction of streams whose answer after the last event is correct. */
function accuracyOf(layer: CfC, streams: BitStreams, timed: boolean): number {
  return tf.tidy(() => {
    const logits = logitsOf(layer, streams, timed).dataSync();
    let right = 0;
    streams.last.forEach((event, row) => {
      const at = row * length + event;
      if (logits[at] > 0 === streams.parity[at] > 0) right++;
    });
    return right / streams.last.length;
  });
}
