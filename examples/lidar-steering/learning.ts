/** Trains a network to steer as the driver did. */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { Adam, type CfC, type LTC, Random } from "ncps-ts";
import type { LidarSequences } from "ncps-ts/datasets";

/** Options of {@link learn}. */
export interface LearnOptions {
  /** The network after the convolutions; its only output is the steering command. */
  circuit: CfC | LTC;
  /** Training sequences. */
  train: LidarSequences;
  /** Test sequences. */
  test: LidarSequences;
  /** Number of epochs over all sequences. */
  epochs: number;
  /** Sequences per update. */
  batch: number;
  /** Seeds the initial weights and the order. */
  seed: number;
}

/** Trains encoder and circuit with Adam and prints the mean squared error after each epoch. */
export function learn({ circuit, train, test, epochs, batch, seed }: LearnOptions): void {
  const steps = train.y.length / train.count;
  const beams = train.x.length / train.y.length;
  const encoder = createEncoder(beams, seed);
  circuit.build([null, null, 32]);
  const weights = encoder.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const variables = new Map([
    ...weights.map((weight) => [weight.name, weight] as const),
    ...circuit.variables,
  ]);
  const optimizer = new Adam({ epsilon: 1e-7 });
  const random = new Random(seed);

  const lossOf = (data: LidarSequences, rows: Int32Array): tf.Scalar => {
    const x = tf.tensor3d(pick(data.x, rows, steps * beams), [rows.length * steps, beams, 1]);
    const features = tf.reshape<tf.Rank.R3>(encoder.apply(x) as tf.Tensor, [rows.length, steps, 32]);
    const steering = circuit.scan(features).outputs;
    return tf.mean(tf.square(tf.sub(steering, tf.tensor3d(pick(data.y, rows, steps), steering.shape))));
  };
  const report = (title: string) => {
    let sum = 0;
    for (const rows of batches(
      Int32Array.from({ length: test.count }, (_, i) => i),
      batch,
    )) {
      sum += rows.length * tf.tidy(() => lossOf(test, rows).dataSync()[0]);
    }
    console.log(`${title}  test error ${(sum / test.count).toFixed(4)}`);
  };

  const parameters = [...variables.values()].reduce((sum, { size }) => sum + size, 0);
  console.log(
    `${parameters} weights; a driver that always steers the same has error ${variance(test.y).toFixed(4)}`,
  );
  report("before ");
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const began = performance.now();
    for (const rows of batches(random.permutation(train.count), batch)) {
      tf.dispose(optimizer.minimize(() => lossOf(train, rows), variables, { learningRate: 0.01 }));
    }
    report(`epoch ${epoch}, ${((performance.now() - began) / 1000).toFixed(1)} s `);
  }
  optimizer.dispose();
  encoder.dispose();
  circuit.dispose();
}

/** Four convolutions along the beams and a dense layer: `[rows, beams, 1]` to `[rows, 32]`. */
function createEncoder(beams: number, seed: number): tfl.Sequential {
  const kernelInitializer = (layer: number) => tfl.initializers.glorotUniform({ seed: 10 * seed + layer });
  const convolution = (layer: number, filters: number, strides: number) =>
    tfl.layers.conv1d({
      filters,
      kernelSize: 5,
      strides,
      activation: "relu",
      kernelInitializer: kernelInitializer(layer),
      ...(layer === 1 && { inputShape: [beams, 1] }),
    });
  return tfl.sequential({
    layers: [
      convolution(1, 18, 3),
      convolution(2, 20, 2),
      tfl.layers.maxPooling1d({ poolSize: 2 }),
      convolution(3, 22, 1),
      tfl.layers.maxPooling1d({ poolSize: 2 }),
      convolution(4, 24, 1),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 32, activation: "relu", kernelInitializer: kernelInitializer(5) }),
    ],
  });
}

function pick(values: Float32Array, rows: Int32Array, size: number): Float32Array {
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * size, (row + 1) * size), i * size);
  });
  return picked;
}

function* batches(rows: Int32Array, size: number): Generator<Int32Array> {
  for (let at = 0; at < rows.length; at += size) yield rows.subarray(at, at + size);
}

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
