/** Properties that every cell must have when it runs over sequences. */

import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { SequenceCell, SequenceOptions } from "../../src/cells/recurrent-cell.js";

/** Features of the sequences in these tests. */
export const features = 3;

/** A sequence `[batch, time, features]` and an initial state, the same at each call. */
export function example(cell: SequenceCell, batch = 4, steps = 6): SequenceOptions & { x: tf.Tensor3D } {
  return {
    x: tf.randomNormal([batch, steps, features], 0, 1, "float32", 1),
    state: tf.randomNormal([batch, cell.stateSize], 0, 0.5, "float32", 2),
  };
}

/** Largest difference, relative to the largest value if that is above 1. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const scale = tf.maximum(1, tf.max(tf.abs(b)));
  return tf.div(tf.max(tf.abs(tf.sub(a, b))), scale).dataSync()[0];
}

const close = 2e-6;

function cut({ x, state }: SequenceOptions, from: number, steps: number): SequenceOptions {
  return { x: tf.slice(x, [0, from, 0], [-1, steps, -1]), state };
}

/** Checks shapes, and that a sequence gives the same as its steps, whole or in chunks. */
export function expectStepsInOrder(cell: SequenceCell): void {
  tf.tidy(() => {
    const options = example(cell);
    const times = tf.randomUniform<tf.Rank.R2>([4, 6], 0, 2, "float32", 3);
    const whole = cell.scan({ ...options, elapsed: times });
    expect(whole.outputs.shape).toEqual([4, 6, cell.outputSize]);
    expect(whole.state.shape).toEqual([4, cell.stateSize]);
    const ones = tf.onesLike(options.state);
    const [floats, integers] = [ones, tf.cast<tf.Tensor2D>(ones, "int32")].map((state) =>
      cell.scan({ ...options, state }),
    );
    expect(distance(integers.outputs, floats.outputs)).toBe(0);
    expect(
      distance(cell.readout(whole.state), tf.squeeze(tf.slice(whole.outputs, [0, 5, 0], [4, 1, -1]), [1])),
    ).toBeLessThan(close);
    let { state } = options;
    const outputs = tf.unstack(options.x, 1).map((x, step) => {
      const elapsed = tf.reshape(tf.slice(times, [0, step], [4, 1]), [4]);
      const next = cell.call(x as tf.Tensor2D, state, elapsed);
      state = next.state;
      return next.output;
    });
    expect(distance(tf.stack(outputs, 1), whole.outputs)).toBeLessThan(close);
    expect(distance(state, whole.state)).toBeLessThan(close);
    const first = cell.scan({ ...cut(options, 0, 2), elapsed: tf.slice(times, [0, 0], [4, 2]) });
    const rest = cut({ ...options, state: first.state }, 2, 4);
    const second = cell.scan({ ...rest, elapsed: tf.slice(times, [0, 2], [4, 4]) });
    expect(distance(tf.concat([first.outputs, second.outputs], 1), whole.outputs)).toBeLessThan(close);
  });
}

/** Checks that a reset starts a new sequence at its step, and only in its row. */
export function expectResets(cell: SequenceCell): void {
  tf.tidy(() => {
    const options = example(cell, 2);
    const resets = tf.tensor2d([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [2, 6]);
    const { outputs } = cell.scan({ ...options, resets });
    const fresh = cell.scan({ ...cut(options, 2, 4), state: cell.initialState(2) }).outputs;
    const plain = cell.scan(options).outputs;
    const row = (x: tf.Tensor, index: number, from: number) => tf.slice(x, [index, from, 0], [1, -1, -1]);
    expect(distance(row(outputs, 0, 2), row(fresh, 0, 0))).toBeLessThan(close);
    expect(distance(row(outputs, 1, 0), row(plain, 1, 0))).toBeLessThan(close);
    expect(distance(row(outputs, 0, 2), row(plain, 0, 2))).toBeGreaterThan(1e-4);
    const gradient = tf.grad((given) => {
      const state = given as tf.Tensor2D;
      const scanned = cell.scan({
        ...options,
        state,
        resets: tf.tensor2d([
          [1, 0, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0],
        ]),
      });
      return tf.sum(scanned.outputs);
    })(options.state);
    const [cleared, kept] = tf.unstack(tf.max(tf.abs(gradient), 1)).map((value) => value.dataSync()[0]);
    expect(cleared).toBe(0);
    expect(kept).toBeGreaterThan(0);
  });
}

/** Checks that masked steps carry the state, return its output, and get no gradient. */
export function expectMasks(cell: SequenceCell): void {
  tf.tidy(() => {
    const options = example(cell, 2);
    const mask = tf.tensor2d([1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1], [2, 6]);
    const masked = cell.scan({ ...options, mask });
    const kept = tf.gather(options.x, [0, 1, 3], 1);
    const short = cell.scan({ x: kept as tf.Tensor3D, state: options.state });
    const row = (x: tf.Tensor) => tf.slice(x, 0, 1);
    expect(distance(row(tf.gather(masked.outputs, [0, 1, 3], 1)), row(short.outputs))).toBeLessThan(close);
    expect(
      distance(row(tf.gather(masked.outputs, [2, 4, 5], 1)), row(tf.gather(short.outputs, [1, 2, 2], 1))),
    ).toBeLessThan(close);
    expect(distance(row(masked.state), row(short.state))).toBeLessThan(close);
    const gradient = tf.grad((x) => tf.sum(cell.scan({ ...options, x: x as tf.Tensor3D, mask }).outputs))(
      options.x,
    );
    const sizes = Array.from(tf.max(tf.abs(row(gradient)), 2).dataSync());
    expect(sizes.map((size) => size > 0)).toEqual([true, true, false, true, false, false]);
  });
}

/** Checks that each sequence of a batch has its own elapsed times, of any form, including 0. */
export function expectElapsed(cell: SequenceCell): void {
  tf.tidy(() => {
    const options = example(cell, 8);
    const times = tf.tidy(() => {
      const drawn = tf.randomUniform<tf.Rank.R2>([8, 6], 0, 3, "float32", 4);
      return tf.mul<tf.Tensor2D>(drawn, tf.greater(drawn, 1)); // some are 0
    });
    const whole = cell.scan({ ...options, elapsed: times });
    const single = Array.from({ length: 8 }, (_, i) => {
      const one = { x: tf.slice(options.x, i, 1), state: tf.slice(options.state, i, 1) };
      return cell.scan({ ...one, elapsed: tf.slice(times, i, 1) });
    });
    expect(distance(tf.concat(single.map(({ outputs }) => outputs)), whole.outputs)).toBeLessThan(close);
    expect(distance(tf.concat(single.map(({ state }) => state)), whole.state)).toBeLessThan(close);
    expect(whole.outputs.dataSync().every(Number.isFinite)).toBe(true);
    const again = cell.scan({ ...options, elapsed: tf.reshape(times, [8, 6, 1]) });
    expect(distance(again.outputs, whole.outputs)).toBe(0);
    const arrays = cell.scan({ ...options, elapsed: times.arraySync() });
    expect(distance(arrays.outputs, whole.outputs)).toBe(0);
    const constant = cell.scan({ ...options, elapsed: tf.fill([8], 0.5) });
    expect(distance(cell.scan({ ...options, elapsed: 0.5 }).outputs, constant.outputs)).toBeLessThan(close);
    expect(distance(cell.scan(options).outputs, whole.outputs)).toBeGreaterThan(1e-4);
    const gradient = tf.grad((elapsed) => tf.sum(cell.scan({ ...options, elapsed }).outputs))(times);
    expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
  });
}

/** Checks that passes leak no tensors, and that `dispose` frees everything. */
export function expectNoLeaks(make: () => SequenceCell): void {
  const pass = (cell: SequenceCell) =>
    tf.tidy(() => {
      const options = example(cell);
      const extras = { mask: tf.ones([4, 6]), resets: tf.zeros([4, 6]), elapsed: tf.ones([4, 6]) };
      tf.variableGrads(() => tf.sum(cell.scan({ ...options, ...extras }).outputs));
      cell.call(tf.zeros([4, features]), options.state);
    });
  const warm = make();
  pass(warm); // creates the constants that are kept
  warm.dispose();
  const before = tf.memory().numTensors;
  const cell = make();
  const built = tf.memory().numTensors;
  pass(cell);
  expect(tf.memory().numTensors).toBe(built);
  const free = tf.tidy(() => {
    const options = example(cell);
    const count = tf.memory().numTensors;
    const { outputs, state } = cell.scan(options);
    return { made: tf.memory().numTensors - count, results: new Set([outputs.id, state.id]).size };
  });
  expect(free.made).toBe(free.results);
  cell.dispose();
  expect(tf.memory().numTensors).toBe(before);
}
