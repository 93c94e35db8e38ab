/** One time step of a liquid time-constant network, and its weights. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import { Random } from "../core/random.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import type { CfCScanResult } from "../recurrent/ops/cfc-scan.js";
import { cfcFlavours, checkName } from "../recurrent/ops/check-scan.js";
import { checkEpsilon, checkUnfolds } from "../recurrent/ops/ltc-check.js";
import { type LTCWeights, positiveNames } from "../recurrent/ops/ltc-problem.js";
import { ltcReadout, ltcScan } from "../recurrent/ops/ltc-scan.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import { FullyConnected } from "../wirings/fully-connected.js";
import type { BuiltWiring, Wiring } from "../wirings/wiring.js";
import type { CreateVariable } from "./cfc-weights.js";
import { checkRanges, type LTCRanges } from "./ltc-ranges.js";
import { createLTCWeights, type LTCMapping, ltcMappings } from "./ltc-weights.js";
import { OwnWeights } from "./own-weights.js";
import { type CellStep, type SequenceCell, type SequenceOptions, sequenceNames } from "./recurrent-cell.js";
import { stepByScan } from "./step-by-scan.js";

/** Options of {@link LTCCell}. */
export interface LTCCellOptions {
  /** Neurons that are all connected to each other: short for `wiring: new FullyConnected({ units })`. */
  units?: number;
  /** Which neurons are connected. Exactly one of `units` and `wiring` is needed. */
  wiring?: Wiring;
  /** How inputs are mapped before the synapses: `x w + b` (`"affine"`, default), `x w` or not at all. */
  inputMapping?: LTCMapping;
  /** How the potentials of the motor neurons are mapped to outputs; likewise. */
  outputMapping?: LTCMapping;
  /** Steps of the solver in each time step, default 6. */
  odeUnfolds?: number;
  /** Added to the denominators of the solver, default 1e-8. */
  epsilon?: number;
  /** Decides the default of `implicitConstraints`: true for `torch` (default), false for `tf`. */
  flavour?: CfCFlavour;
  /**
   * Whether conductances and capacitances (`gleak`, `cm`, `w`, `sensory_w`) pass through softplus and so are always
   * positive. Without that they are used as stored: call {@link LTCCell.constrain} after each optimiser step.
   */
  implicitConstraints?: boolean;
  /** Bounds between which weights start, e.g. `{ sigma: [3, 8] }`; what is missing is as in `ltcRanges`. */
  initializationRanges?: Partial<LTCRanges>;
  /** Decides the first weights; default random. */
  seed?: number;
}

const names = optionNames<LTCCellOptions>({
  units: true,
  wiring: true,
  inputMapping: true,
  outputMapping: true,
  odeUnfolds: true,
  epsilon: true,
  flavour: true,
  implicitConstraints: true,
  initializationRanges: true,
  seed: true,
});

/**
 * Liquid time-constant cell (Hasani et al. 2021): leaky neurons with synapses whose conductance depends on the
 * potential before them, solved by semi-implicit Euler steps.
 *
 * @example
 * ```ts
 * const cell = new LTCCell({ wiring: new AutoNCP({ units: 16, outputSize: 2 }), seed: 0 });
 * cell.build(4);
 * const { output, state } = cell.call(x, cell.initialState(1), 0.1); // x [1, 4], output [1, 2], state [1, 16]
 * ```
 */
export class LTCCell implements SequenceCell {
  /** Who is connected to whom. */
  readonly wiring: Wiring;
  /** See {@link LTCMapping}. */
  readonly inputMapping: LTCMapping;
  /** See {@link LTCMapping}. */
  readonly outputMapping: LTCMapping;
  /** Steps of the solver in each time step. */
  readonly odeUnfolds: number;
  /** Added to the denominators of the solver. */
  readonly epsilon: number;
  /** As which of the two published implementations the cell was made. */
  readonly flavour: CfCFlavour;
  /** Whether conductances and capacitances pass through softplus. */
  readonly implicitConstraints: boolean;
  /** Bounds between which the weights started. */
  readonly initializationRanges: LTCRanges;
  private readonly random: Random;
  private readonly own: OwnWeights;
  private built?: { weights: LTCWeights; wiring: BuiltWiring };

  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: LTCCellOptions) {
    if (new.target === LTCCell) checkOptions("LTCCell", options, names);
    const { inputMapping = "affine", outputMapping = "affine", flavour = "torch" } = options;
    this.wiring = chooseWiring(options);
    this.inputMapping = checkName("inputMapping", inputMapping, ltcMappings);
    this.outputMapping = checkName("outputMapping", outputMapping, ltcMappings);
    this.odeUnfolds = checkUnfolds(options.odeUnfolds ?? 6);
    this.epsilon = checkEpsilon(options.epsilon ?? 1e-8);
    this.flavour = checkName("flavour", flavour, cfcFlavours);
    this.implicitConstraints = options.implicitConstraints ?? flavour === "torch";
    this.initializationRanges = checkRanges(options.initializationRanges);
    this.random = new Random(options.seed);
    this.own = new OwnWeights(this.random);
  }

  /** Neurons. */
  get stateSize(): number {
    return this.wiring.units;
  }

  /** Motor neurons. */
  get outputSize(): number {
    return this.wiring.outputDim;
  }

  /**
   * Creates the weights for inputs of a size; a second call does nothing.
   *
   * @param create makes one weight; default: variables that the cell owns
   */
  build(inputSize: number, create?: CreateVariable): void {
    if (this.built) return;
    const wiring = this.wiring.build(checkInteger("inputSize", inputSize));
    const { inputMapping, outputMapping, initializationRanges: ranges, random } = this;
    const weights = createLTCWeights(
      { wiring, inputMapping, outputMapping, ranges, random },
      create ?? this.own.create,
    );
    this.built = { weights, wiring };
  }

  /** All weights. Throws `InvalidStateError` before {@link LTCCell.build}. */
  get weights(): LTCWeights {
    return this.ready.weights;
  }

  /** The wiring with its sensory synapses. Throws `InvalidStateError` before {@link LTCCell.build}. */
  get builtWiring(): BuiltWiring {
    return this.ready.wiring;
  }

  /** The weights that the cell itself owns, by name, e.g. `sensory_mu`. */
  get variables(): ReadonlyMap<string, tf.Variable> {
    return this.own.variables;
  }

  /** Zeros `[batch, units]`. */
  initialState(batch: number): tf.Tensor2D {
    return tf.zeros([checkInteger("batch", batch), this.stateSize]);
  }

  /**
   * One step.
   *
   * @param x `[batch, features]` · @param state `[batch, units]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   * @returns output `[batch, outputSize]` and the next state `[batch, units]`
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed): CellStep {
    return stepByScan(this, x, state, elapsed);
  }

  /** A whole sequence; see {@link ltcScan}. */
  scan(options: SequenceOptions): CfCScanResult {
    checkOptions("LTCCell.scan", options, sequenceNames);
    const { x, state, resets, mask, elapsed } = options;
    const { odeUnfolds, epsilon, implicitConstraints } = this;
    return ltcScan({
      x,
      state,
      resets,
      mask,
      elapsed,
      ...this.ready,
      odeUnfolds,
      epsilon,
      implicitConstraints,
    });
  }

  /** The outputs `[batch, outputSize]` that belong to a state `[batch, units]`. */
  readout(state: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const output = ltcReadout(state, this.weights, this.builtWiring);
      return output === state ? tf.clone(state) : output;
    });
  }

  /**
   * Sets negative conductances and capacitances to zero. To be called after each optimiser step of a cell
   * without implicit constraints; with them it does nothing. Frozen weights stay as they are.
   */
  constrain(): void {
    if (this.implicitConstraints) return;
    for (const name of positiveNames) {
      const variable = this.weights[name] as tf.Tensor as tf.Variable;
      if (variable.trainable) tf.tidy(() => variable.assign(tf.relu(variable)));
    }
  }

  /** Frees the weights that the cell owns. */
  dispose(): void {
    this.own.dispose();
    this.built = undefined;
  }

  private get ready(): { weights: LTCWeights; wiring: BuiltWiring } {
    if (!this.built) throw new InvalidStateError("LTCCell: weights exist only after build(inputSize)");
    return this.built;
  }
}

function chooseWiring({ units, wiring }: LTCCellOptions): Wiring {
  if (wiring && units !== undefined) {
    throw new InvalidArgumentError("units", "cannot stand beside wiring, which has its own units");
  }
  if (wiring) return wiring;
  if (units === undefined)
    throw new InvalidArgumentError("wiring", "expected units or a wiring, received none");
  return new FullyConnected({ units: checkInteger("units", units) });
}
