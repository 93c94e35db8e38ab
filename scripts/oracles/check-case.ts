/** Runs one recorded case with this library and compares the results. */

import * as tf from "@tensorflow/tfjs-core";
import { flatten, type Nested, type OracleCase, shapeOf } from "./case.js";
import { prepareCfC } from "./cfc.js";
import { prepareLTC } from "./ltc.js";
import { type Prepare, type Subject, takePart } from "./subject.js";

/** Result of one case. */
export type CaseResult = { tag: string } & (
  | { unsupported: string }
  | {
      /** Maximum absolute error of outputs and final state. */
      outputError: number;
      /** Maximum absolute error of the gradients of parameters and input. */
      gradientError: number;
      /** The quantity with the largest error. */
      worst: string;
      /** Largest recorded value of that quantity: float32 has seven digits of it. */
      scale: number;
    }
);

/** Runs a case and returns its errors, or why it cannot be run. */
export function checkCase(oracle: OracleCase): CaseResult {
  const { tag } = oracle;
  const subject = prepareOf(oracle)(oracle);
  if ("unsupported" in subject) return { tag, unsupported: subject.unsupported };
  try {
    return { tag, ...tf.tidy(() => compare(oracle, subject)) };
  } finally {
    subject.layer.dispose();
  }
}

/** Chooses the layer by the recorded parameters. */
export function prepareOf({ meta = {}, params }: OracleCase): Prepare {
  const ltc = meta.kind === "LTC" || Object.keys(params).some((name) => name.endsWith("gleak"));
  return ltc ? prepareLTC : prepareCfC;
}

function compare(oracle: OracleCase, { layer, places, torch }: Subject) {
  const { params } = oracle;
  const x = tensorOf(oracle.x);
  const timeFirst = oracle.meta?.batch_first === false;
  // Converts between the recorded order of axes and this library's.
  const turn = (sequence: tf.Tensor) =>
    timeFirst && sequence.rank === 3 ? tf.transpose(sequence, [1, 0, 2]) : sequence;
  const [batch, steps] = turn(x).shape;
  const others: tf.Tensor[] = [];
  if (oracle.h0) others.push(flatState(tensorOf(oracle.h0)));
  if (oracle.timespans) {
    const times = timeFirst ? [steps, batch, 1] : [batch, steps, 1];
    others.push(turn(tf.reshape(tensorOf(oracle.timespans), times)));
  }
  const run = (input: tf.Tensor) => {
    const [y, state] = layer.call([turn(input), ...others]) as tf.Tensor[];
    return [turn(y), state];
  };
  const pair = oracle.hn && shapeOf(oracle.hn).length === 3;
  // The recorded losses: y cos(k) summed, and in torch half the squares of the final hidden state.
  const lossOf = (input: tf.Tensor): tf.Scalar => {
    const [y, state] = run(input);
    const cosines = tf.tensor(
      Float32Array.from({ length: y.size }, (_, k) => Math.cos(k)),
      y.shape,
    );
    const loss = tf.sum<tf.Scalar>(tf.mul(y, cosines));
    if (!torch) return loss;
    const hidden = pair ? tf.split(state, 2, 1)[0] : state;
    return tf.add(loss, tf.mul(0.5, tf.sum(tf.square(hidden))));
  };
  const errors: [string, number][] = [];
  const scales = new Map<string, number>();
  const note = (name: string, actual: tf.Tensor, expected: Nested | null | undefined) => {
    if (expected === null || expected === undefined) return;
    errors.push([name, errorOf(actual, expected)]);
    scales.set(name, greatest(flatten(expected).map((value) => ["", Math.abs(value)]))[1]);
  };
  const [y, state] = run(x);
  note("y", y, oracle.y);
  note("hn", pair ? tf.stack(tf.split(state, 2, 1)) : state, oracle.hn);
  const outputError = greatest(errors)[1];
  const outputs = errors.length;
  note("dx", tf.grad(lossOf)(x), oracle.dx);
  const { grads } = tf.variableGrads(() => lossOf(x));
  for (const place of places) {
    const { grad } = params[place.name];
    const variable = layer.variables.get(`${layer.prefix}/${place.weight}`)!;
    note(place.name, takePart(grads[variable.name], place), grad);
  }
  const [worst] = greatest(errors);
  const gradientError = greatest(errors.slice(outputs))[1];
  return { outputError, gradientError, worst, scale: scales.get(worst) ?? 0 };
}

function greatest(errors: [string, number][]): [string, number] {
  // NaN counts as the largest error.
  return errors.reduce((worst, entry) => (entry[1] <= worst[1] ? worst : entry), ["", 0] as [string, number]);
}

function errorOf(actual: tf.Tensor, expected: Nested): number {
  const wanted = flatten(expected);
  const got = actual.dataSync();
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return greatest(wanted.map((value, i) => ["", Math.abs(got[i] - value)]))[1];
}

// Joins a pair of states [2, batch, size] to [batch, 2 * size].
function flatState(state: tf.Tensor): tf.Tensor {
  return state.rank === 3 ? tf.concat(tf.unstack(state), 1) : state;
}

function tensorOf(values: Nested): tf.Tensor {
  return tf.tensor(flatten(values), shapeOf(values), "float32");
}
