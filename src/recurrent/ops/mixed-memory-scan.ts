/** Runs a cell with mixed memory over a whole sequence. */

import * as tf from "@tensorflow/tfjs-core";
import { joinSteps, splitSteps } from "./cfc-forward.js";
import type { CfCFlavour } from "./cfc-problem.js";
import { asFloat, type CfCScanOptions, type CfCScanResult, flagRows } from "./cfc-scan.js";
import { chooseRows } from "./choose-rows.js";
import { constant } from "./constants.js";
import { type LstmWeights, lstmStep } from "./mixed-memory-step.js";
import { type Elapsed, elapsedRows, fromRows, toRows } from "./sequence-rows.js";

/** The part of the inner cell that the scan uses. */
export interface SteppedCell {
  /** Size of the state of one sequence. */
  readonly stateSize: number;
  /** Computes one step. */
  call(
    x: tf.Tensor2D,
    state: tf.Tensor2D,
    elapsed?: Elapsed,
    options?: { training?: boolean },
  ): { output: tf.Tensor2D; state: tf.Tensor2D };
  /** Output for a state. */
  readout(state: tf.Tensor2D): tf.Tensor2D;
}

/** Options of {@link mixedMemoryScan}. */
export interface MixedMemoryScanOptions
  extends Pick<CfCScanOptions, "x" | "state" | "resets" | "mask" | "elapsed"> {
  /** Weights of the LSTM. */
  weights: LstmWeights;
  /** The inner cell. */
  cell: SteppedCell;
  /** `torch`: the LSTM's output replaces the cell's state; `tf`: the cell's input. */
  flavour: CfCFlavour;
  /** Bias added to the forget gate. */
  forgetBias: number;
  /** Whether dropout is active; default false. */
  training?: boolean;
}

/**
 * Runs the LSTM and the cell step by step, on the tape; only the LSTM's input product is computed for all steps at
 * once.
 */
export function mixedMemoryScan(options: MixedMemoryScanOptions): CfCScanResult {
  const { weights, cell, flavour, forgetBias, training, resets, mask } = options;
  const [batch, steps] = options.x.shape;
  const size = cell.stateSize;
  return tf.tidy(() => {
    const rows = toRows(asFloat(options.x));
    const inputs = splitSteps(rows, steps);
    const drives = splitSteps(tf.add(tf.matMul(rows, weights.kernel), weights.bias), steps);
    const times = timesOf(options.elapsed, batch, steps);
    const keeps = resets && splitSteps(tf.sub(constant(1), flagRows(resets, batch, steps)), steps);
    const masks = mask && splitSteps(flagRows(mask, batch, steps), steps);
    let [h, c] = tf.split(asFloat(options.state), [size, size], 1) as tf.Tensor2D[];
    const outputs: tf.Tensor2D[] = [];
    for (let step = 0; step < steps; step++) {
      if (keeps) [h, c] = [chooseRows(keeps[step], h), chooseRows(keeps[step], c)];
      const memory = lstmStep(drives[step], { h, c }, weights.recurrentKernel, forgetBias);
      const [input, state] = flavour === "torch" ? [inputs[step], memory.h] : [memory.h, h];
      const next = cell.call(input, state, times(step), { training });
      if (masks) {
        h = chooseRows(masks[step], next.state, h);
        c = chooseRows(masks[step], memory.c, c);
      } else [h, c] = [next.state, memory.c];
      outputs.push(masks ? cell.readout(h) : next.output);
    }
    return { outputs: fromRows(joinSteps(outputs), batch, steps), state: tf.concat2d([h, c], 1) };
  });
}

function timesOf(elapsed: Elapsed | undefined, batch: number, steps: number): (step: number) => Elapsed {
  const times = elapsedRows(elapsed, batch, steps);
  if (typeof times === "number") return () => times;
  const split = splitSteps(times, steps);
  return (step) => tf.reshape(split[step], [batch]);
}
