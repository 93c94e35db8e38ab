/** Mixed memory: adds an LSTM to any cell, for long-term dependencies. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import type { CfCScanResult } from "../recurrent/ops/cfc-scan.js";
import { cfcFlavours, checkName } from "../recurrent/ops/check-scan.js";
import { mixedCfCScan } from "../recurrent/ops/mixed-cfc-scan.js";
import { mixedMemoryScan } from "../recurrent/ops/mixed-memory-scan.js";
import type { LstmWeights } from "../recurrent/ops/mixed-memory-step.js";
import { hasScanKernel } from "../recurrent/ops/scan-kernels.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import { CfCCell } from "./cfc-cell.js";
import type { CreateVariable } from "./cfc-weights.js";
import { checkSequence } from "./check-sequence.js";
import { createLstmWeights } from "./lstm-weights.js";
import { OwnWeights } from "./own-weights.js";
import {
  type CellStep,
  type RecurrentCell,
  type SequenceCell,
  type SequenceOptions,
  type StepOptions,
  sequenceNames,
} from "./recurrent-cell.js";

/** Options of {@link MixedMemoryCell}. */
export interface MixedMemoryCellOptions<Cell extends RecurrentCell = RecurrentCell> {
  /** The cell to which the LSTM is added; it must not be built yet, and is built and disposed with this one. */
  cell: Cell;
  /**
   * What the LSTM's output replaces: in `torch` (default) the state that the cell consumes, in `tf` the input
   * of the cell, which is then built for inputs of the size of its state.
   */
  flavour?: CfCFlavour;
  /** Added to the forget gate, default 1. */
  forgetBias?: number;
  /** Seed of the LSTM's weight initialisation; default random. */
  seed?: number;
}

const names = optionNames<MixedMemoryCellOptions>({
  cell: true,
  flavour: true,
  forgetBias: true,
  seed: true,
});

/**
 * Mixed memory (Lechner and Hasani, "Learning long-term dependencies in irregularly-sampled time series", 2020):
 * an LSTM whose memory is not part of the continuous-time dynamics. The state is `[h | c]`,
 * `[batch, 2 * cell.stateSize]`: the cell's state and the LSTM's memory.
 *
 * @example
 * ```ts
 * const cell = new MixedMemoryCell({ cell: new CfCCell({ units: 32, seed: 0 }), seed: 0 });
 * cell.build(4);
 * const { outputs, state } = cell.scan({ x, state: cell.initialState(8), elapsed }); // x [8, 20, 4]
 * ```
 */
export class MixedMemoryCell<Cell extends RecurrentCell = RecurrentCell> implements SequenceCell {
  /** The inner cell, to which the LSTM is added. */
  readonly cell: Cell;
  /** Published implementation; see {@link MixedMemoryCellOptions.flavour}. */
  readonly flavour: CfCFlavour;
  /** Bias added to the forget gate. */
  readonly forgetBias: number;
  private readonly own: OwnWeights;
  private built?: LstmWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: MixedMemoryCellOptions<Cell>) {
    if (new.target === MixedMemoryCell) checkOptions("MixedMemoryCell", options, names);
    const { cell, flavour = "torch", forgetBias = 1 } = options;
    this.cell = cell;
    this.flavour = checkName("flavour", flavour, cfcFlavours);
    if (!Number.isFinite(forgetBias)) {
      throw new InvalidArgumentError("forgetBias", `expected a finite number, received ${forgetBias}`);
    }
    this.forgetBias = forgetBias;
    this.own = new OwnWeights(new Random(options.seed));
  }

  /** Size of the state: twice that of the inner cell. */
  get stateSize(): number {
    return 2 * this.cell.stateSize;
  }

  /** Size of the inner cell's output. */
  get outputSize(): number {
    return this.cell.outputSize;
  }

  /** Creates the weights of the LSTM and of the cell; a second call does nothing. */
  build(inputSize: number, create?: CreateVariable): void {
    if (this.built) return;
    const size = this.cell.stateSize;
    this.built = createLstmWeights(this.flavour, inputSize, size, create ?? this.own.create);
    this.cell.build(this.flavour === "torch" ? inputSize : size, create);
  }

  /** Weights of the LSTM. Throws `InvalidStateError` before {@link MixedMemoryCell.build}. */
  get weights(): LstmWeights {
    if (!this.built)
      throw new InvalidStateError("MixedMemoryCell: weights exist only after build(inputSize)");
    return this.built;
  }

  /** The weights of the LSTM that the cell itself owns, by name: `lstm/kernel`, ... */
  get variables(): ReadonlyMap<string, tf.Variable> {
    return this.own.variables;
  }

  /** Initial state: zeros `[batch, 2 * cell.stateSize]`. */
  initialState(batch: number): tf.Tensor2D {
    return tf.zeros([checkInteger("batch", batch), this.stateSize]);
  }

  /**
   * Computes one step.
   *
   * @param x `[batch, features]` · @param state `[batch, 2 * cell.stateSize]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed, options?: StepOptions): CellStep {
    if (x.shape.length !== 2) throw new ShapeError("x", "[batch, features]", x.shape);
    const [batch, features] = x.shape;
    return tf.tidy(() => {
      const sequence = tf.reshape<tf.Rank.R3>(x, [batch, 1, features]);
      const scanned = this.scan({ ...options, x: sequence, state, elapsed });
      return {
        output: tf.reshape<tf.Rank.R2>(scanned.outputs, [batch, this.outputSize]),
        state: scanned.state,
      };
    });
  }

  /** Output of the inner cell for its part of the state. */
  readout(state: tf.Tensor2D): tf.Tensor2D {
    const size = this.cell.stateSize;
    return tf.tidy(() => this.cell.readout(tf.slice(state, [0, 0], [-1, size])));
  }

  /**
   * Runs over a sequence: for a dense CfC in one operation if the backend has a kernel for it, otherwise step by
   * step.
   */
  scan(options: SequenceOptions): CfCScanResult {
    checkOptions("MixedMemoryCell.scan", options, sequenceNames);
    const { weights, cell, flavour, forgetBias } = this;
    checkSequence(options, weights.kernel.shape[0], this.stateSize);
    const dense = cell instanceof CfCCell && !cell.sparsityMask ? cell : undefined;
    const drops = options.training && dense?.backboneDropout;
    if (dense && flavour === "torch" && !drops && hasScanKernel("MixedCfCScan")) {
      const { weights: cellWeights, mode, flavour: rule, activation } = dense;
      const chosen = { ...options, weights: cellWeights, mode, flavour: rule, activation };
      return mixedCfCScan({ ...chosen, lstm: weights, forgetBias });
    }
    return mixedMemoryScan({ ...options, weights, cell, flavour, forgetBias });
  }

  /** Frees the weights that this cell and the inner one own. */
  dispose(): void {
    this.own.dispose();
    this.cell.dispose();
    this.built = undefined;
  }
}
