/** What all recurrent cells have in common, so that one can stand in for another. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";
import type { CfCScanOptions, CfCScanResult } from "../recurrent/ops/cfc-scan.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import type { CreateVariable } from "./cfc-weights.js";

/** Result of one step of a cell. */
export interface CellStep {
  /** `[batch, outputSize]`. */
  output: tf.Tensor2D;
  /** `[batch, stateSize]`. */
  state: tf.Tensor2D;
}

/** Options of one step. */
export interface StepOptions {
  /** Whether dropout is active; default false. */
  training?: boolean;
}

/** One time step of a recurrent network: `CfCCell`, `WiredCfCCell`, `MixedMemoryCell` and `LTCCell`. */
export interface RecurrentCell {
  /** Numbers in the state of one sequence. */
  readonly stateSize: number;
  /** Numbers in one output. */
  readonly outputSize: number;
  /**
   * Creates the weights for inputs of a size; a second call does nothing.
   *
   * @param create makes one weight; default: variables that the cell owns
   */
  build(inputSize: number, create?: CreateVariable): void;
  /** The state from which sequences start: zeros `[batch, stateSize]`. */
  initialState(batch: number): tf.Tensor2D;
  /**
   * One step.
   *
   * @param x `[batch, features]` · @param state `[batch, stateSize]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed, options?: StepOptions): CellStep;
  /** The output that belongs to a state `[batch, stateSize]`: what a skipped step gives out. */
  readout(state: tf.Tensor2D): tf.Tensor2D;
  /** Frees the weights that the cell owns. */
  dispose(): void;
}

/** A sequence for {@link SequenceCell.scan}. */
export interface SequenceOptions
  extends StepOptions,
    Pick<CfCScanOptions, "x" | "state" | "resets" | "mask" | "elapsed"> {}

/** The names of {@link SequenceOptions}. */
export const sequenceNames = optionNames<SequenceOptions>({
  training: true,
  x: true,
  state: true,
  resets: true,
  mask: true,
  elapsed: true,
});

/** A cell that also runs through whole sequences. */
export interface SequenceCell extends RecurrentCell {
  /** Runs through `[batch, time, features]`, with resets and masks as in `cfcScan`. */
  scan(options: SequenceOptions): CfCScanResult;
}
