/** Liquid time-constant (LTC) cell: one time step, and its weights. */

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
  /** Number of neurons, fully connected: short for `wiring: new FullyConnected({ units })`. */
  units?: number;
  /** Wiring of the neurons. Exactly one of `units` and `wiring` is needed. */
  wiring?: Wiring;
  /** How inputs are mapped before the synapses: `x w + b` (`"affine"`, default), `x w` or not at all. */
  inputMapping?: LTCMapping;
  /** How the potentials of the motor neurons are mapped to outputs: the same choices. */
  outputMapping?: LTCMapping;
  /** Solver steps per time step, default 6. */
  odeUnfolds?: number;
  /** Added to the denominators of the solver, default 1e-8. */
  epsilon?: number;
  /** Determines the default of `implicitConstraints`: true for `torch` (default), false for `tf`. */
  flavour?: CfCFlavour;
  /**
   * Whether conductances and capacitances (`gleak`, `cm`, `w`, `sensory_w`) pass through softplus, which keeps them
   * positive. Otherwise they are used as stored: call {@link LTCCell.constrain} after each optimizer step.
   */
  implicitConstraints?: boolean;
  /** Ranges for weight initialisation, e.g. `{ sigma: [3, 8] }`; missing ones default to `ltcRanges`. */
  initializationRanges?: Partial<LTCRanges>;
  /** Seed of the weight initialisation; default random. */
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
 * presynaptic potential, solved by semi-implicit Euler steps.
 *
 * @example
 * ```ts
 * const cell = new LTCCell({ wiring: new AutoNCP({ units: 16, outputSize: 2 }), seed: 0 });
 * cell.build(4);
 * const { output, state } = cell.call(x, cell.initialState(1), 0.1); // x [1, 4], output [1, 2], state [1, 16]
 * ```
 */
export class LTCCell implements SequenceCell {
  /** Wiring of the neurons. */
  readonly wiring: Wiring;
  /** Mapping of the inputs; see {@link LTCMapping}. */
  readonly inputMapping: LTCMapping;
  /** Mapping of the outputs; see {@link LTCMapping}. */
  readonly outputMapping: LTCMapping;
  /** Solver steps per time step. */
  readonly odeUnfolds: number;
  /** Added to the denominators of the solver. */
  readonly epsilon: number;
  /** Published implementation that the cell follows. */
  readonly flavour: CfCFlavour;
  /** Whether conductances and capacitances pass through softplus. */
  readonly implicitConstraints: boolean;
  /** Ranges of the weight initialisation. */
  readonly initializationRanges: LTCRanges;
  private readonly random: Random;
  private readonly own: OwnWeights;
  private built?: { weights: LTCWeights; wiring: BuiltWiring };

  /** @throws InvalidArgumentError when an option has an invalid value */
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

  /** Size of the state: the number of neurons. */
  get stateSize(): number {
    return this.wiring.units;
  }

  /** Size of the output: the number of motor neurons. */
  get outputSize(): number {
    return this.wiring.outputDim;
  }

  /**
   * Creates the weights for an input size; a second call does nothing.
   *
   * @param create creates one weight; default: variables that the cell owns
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

  /** Initial state: zeros `[batch, units]`. */
  initialState(batch: number): tf.Tensor2D {
    return tf.zeros([checkInteger("batch", batch), this.stateSize]);
  }

  /**
   * Computes one step.
   *
   * @param x `[batch, features]` · @param state `[batch, units]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   * @returns output `[batch, outputSize]` and the next state `[batch, units]`
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed): CellStep {
    return stepByScan(this, x, state, elapsed);
  }

  /** Runs the cell over a sequence; see {@link ltcScan}. */
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

  /** Output `[batch, outputSize]` for a state `[batch, units]`. */
  readout(state: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const output = ltcReadout(state, this.weights, this.builtWiring);
      return output === state ? tf.clone(state) : output;
    });
  }

  /**
   * Sets negative conductances and capacitances to zero. Call it after each optimizer step of a cell
   * without implicit constraints; with them it does nothing. Frozen weights are unchanged.
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
    throw new InvalidArgumentError("units", "cannot be combined with wiring, which has its own units");
  }
  if (wiring) return wiring;
  if (units === undefined)
    throw new InvalidArgumentError("wiring", "expected units or a wiring, received none");
  return new FullyConnected({ units: checkInteger("units", units) });
}
