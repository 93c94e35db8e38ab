/** Closed-form continuous-time (CfC) cell: one time step, and its weights. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { activationRule, type CfCActivation } from "../recurrent/ops/activations.js";
import type { CfCFlavour, CfCMode, CfCWeights } from "../recurrent/ops/cfc-problem.js";
import { type CfCScanResult, cfcScan } from "../recurrent/ops/cfc-scan.js";
import { cfcFlavours, cfcModes, checkName } from "../recurrent/ops/check-scan.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import { backboneDropout, checkRate } from "./backbone-dropout.js";
import { type CreateVariable, createCfCWeights } from "./cfc-weights.js";
import { OwnWeights } from "./own-weights.js";
import {
  type CellStep,
  type SequenceCell,
  type SequenceOptions,
  type StepOptions,
  sequenceNames,
} from "./recurrent-cell.js";
import { stepByScan } from "./step-by-scan.js";
import { headMask } from "./wired-masks.js";

/** Options of {@link CfCCell}. */
export interface CfCCellOptions {
  /** Size of the state, which is also the output. */
  units: number;
  /** Formula of the cell, default `"default"`. */
  mode?: CfCMode;
  /** Gate sign, head activation and weight initialisation of `torch` (default, bounded) or `tf`. */
  flavour?: CfCFlavour;
  /** Activation of the backbone, default `"lecun_tanh"`. */
  activation?: CfCActivation;
  /** Units per backbone layer, default 128. */
  backboneUnits?: number;
  /** Number of backbone layers, default 1; with 0 the heads read inputs and state directly. */
  backboneLayers?: number;
  /**
   * Dropout rate of the backbone in training, default 0. The tf flavour drops after every
   * backbone layer, the torch flavour, as in ncps, after all but the first: with one layer nowhere.
   */
  backboneDropout?: number;
  /**
   * Factors 1, 0 or -1 on the heads ff1 and ff2, `[features + units][units]`: 0 where there is no synapse; the
   * torch flavour takes absolute values, as ncps does. Only with `backboneLayers: 0`. Default: all connected.
   */
  sparsityMask?: readonly (readonly number[])[];
  /** Seed of weight initialisation and dropout; default random. */
  seed?: number;
}

const names = optionNames<CfCCellOptions>({
  units: true,
  mode: true,
  flavour: true,
  activation: true,
  backboneUnits: true,
  backboneLayers: true,
  backboneDropout: true,
  sparsityMask: true,
  seed: true,
});

/**
 * Closed-form continuous-time cell (Hasani et al. 2022): the state after an elapsed time `t` in closed form.
 *
 * @example
 * ```ts
 * const cell = new CfCCell({ units: 32, seed: 0 });
 * cell.build(4);
 * let state = cell.initialState(1);
 * ({ state } = cell.call(x, state, 0.1)); // x [1, 4], 0.1 units of time since the last input
 * ```
 */
export class CfCCell implements SequenceCell {
  /** Size of the state, which is also the output. */
  readonly units: number;
  /** Formula of the cell. */
  readonly mode: CfCMode;
  /** Published implementation whose formula it follows. */
  readonly flavour: CfCFlavour;
  /** Activation of the backbone. */
  readonly activation: CfCActivation;
  /** Units per backbone layer. */
  readonly backboneUnits: number;
  /** Number of backbone layers. */
  readonly backboneLayers: number;
  /** Dropout rate of the backbone. */
  readonly backboneDropout: number;
  /** Sparsity mask of the heads, if not all are connected. */
  readonly sparsityMask?: readonly (readonly number[])[];
  private mask?: tf.Tensor2D;
  private readonly own: OwnWeights;
  private readonly random: Random;
  private built?: CfCWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: CfCCellOptions) {
    if (new.target === CfCCell) checkOptions("CfCCell", options, names);
    const { mode = "default", flavour = "torch", activation = "lecun_tanh" } = options;
    this.units = checkInteger("units", options.units);
    this.mode = checkName("mode", mode, cfcModes);
    this.flavour = checkName("flavour", flavour, cfcFlavours);
    activationRule(activation);
    this.activation = activation;
    this.backboneUnits = checkInteger("backboneUnits", options.backboneUnits ?? 128);
    this.backboneLayers = checkInteger("backboneLayers", options.backboneLayers ?? 1, 0);
    this.backboneDropout = checkRate("backboneDropout", options.backboneDropout ?? 0);
    this.sparsityMask = options.sparsityMask;
    if (this.sparsityMask && this.backboneLayers > 0) {
      throw new InvalidArgumentError(
        "sparsityMask",
        `expected backboneLayers 0 with a sparsity mask, received ${this.backboneLayers}: a backbone connects everything`,
      );
    }
    this.own = new OwnWeights(new Random(options.seed));
    this.random = new Random(options.seed).split();
  }

  /** Size of the state: `units`. */
  get stateSize(): number {
    return this.units;
  }

  /** Size of the output: `units`. */
  get outputSize(): number {
    return this.units;
  }

  /**
   * Creates the weights for an input size; a second call does nothing.
   *
   * @param create creates one weight; default: variables that the cell owns
   */
  build(inputSize: number, create?: CreateVariable): void {
    if (this.built) return;
    if (this.sparsityMask) this.mask = this.makeMask(this.sparsityMask, inputSize);
    this.built = createCfCWeights(this, inputSize, create ?? this.own.create);
  }

  private makeMask(entries: readonly (readonly number[])[], inputSize: number): tf.Tensor2D {
    const { units, mode, flavour } = this;
    const rows = inputSize + units;
    if (entries.length !== rows || entries.some(({ length }) => length !== units)) {
      throw new ShapeError("sparsityMask", `[${rows}, ${units}]`, [entries.length, entries[0]?.length ?? 0]);
    }
    if (!entries.flat().every((entry) => entry === 0 || Math.abs(entry) === 1)) {
      throw new InvalidArgumentError("sparsityMask", "expected entries 1, 0 or -1");
    }
    const heads = mode === "pure" ? 1 : 4;
    const factor = (row: number, column: number) =>
      flavour === "torch" ? Math.abs(entries[row][column]) : entries[row][column];
    const values = headMask({ rows, units, heads, maskedHeads: Math.min(heads, 2), factor });
    return tf.keep(tf.tensor2d(values, [rows, heads * units]));
  }

  /** All weights. Throws `InvalidStateError` before {@link CfCCell.build}. */
  get weights(): CfCWeights {
    if (!this.built) throw new InvalidStateError("CfCCell: weights exist only after build(inputSize)");
    return this.built;
  }

  /** Sparsity mask tiled over the kernel of all heads, if there is one; owned by the cell. */
  get headMask(): tf.Tensor2D | undefined {
    return this.mask;
  }

  /** The weights that the cell itself owns, by name, e.g. `backbone1/kernel`. */
  get variables(): ReadonlyMap<string, tf.Variable> {
    return this.own.variables;
  }

  /** Initial state: zeros `[batch, units]`. */
  initialState(batch: number): tf.Tensor2D {
    return tf.zeros([checkInteger("batch", batch), this.units]);
  }

  /**
   * Computes one step.
   *
   * @param x `[batch, features]` · @param state `[batch, units]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   * @returns the next state `[batch, units]`, which is also the output
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed, options?: StepOptions): CellStep {
    return stepByScan(this, x, state, elapsed, options);
  }

  /** Output for a state: the state itself. */
  readout(state: tf.Tensor2D): tf.Tensor2D {
    return state;
  }

  /** Runs the cell over a sequence; see {@link cfcScan}. */
  scan(options: SequenceOptions): CfCScanResult {
    checkOptions("CfCCell.scan", options, sequenceNames);
    const { training, ...sequence } = options;
    const { mode, flavour, activation, backboneDropout: rate, random } = this;
    if (!this.mask && (!training || rate === 0)) {
      return cfcScan({ ...sequence, weights: this.weights, mode, flavour, activation });
    }
    return tf.tidy(() => {
      const weights = this.maskedWeights();
      if (!training || rate === 0) return { ...cfcScan({ ...sequence, weights, mode, flavour, activation }) };
      const [batch, steps] = sequence.x.shape;
      const dropout = backboneDropout({ ...this.sizes, rate, random }, batch, steps);
      return { ...cfcScan({ ...sequence, weights, mode, flavour, activation, dropout }) };
    });
  }

  private maskedWeights(): CfCWeights {
    const { weights, mask } = this;
    if (!mask) return weights;
    return {
      ...weights,
      heads: { kernel: tf.mul<tf.Tensor2D>(weights.heads.kernel, mask), bias: weights.heads.bias },
    };
  }

  /** Frees the mask and the weights that the cell owns. */
  dispose(): void {
    this.mask?.dispose();
    this.own.dispose();
    this.built = undefined;
  }

  private get sizes() {
    const { flavour, backboneUnits, backboneLayers } = this;
    return { flavour, backboneUnits, backboneLayers };
  }
}
