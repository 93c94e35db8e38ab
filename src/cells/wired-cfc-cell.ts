/** CfC cell whose neurons are connected by a wiring. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import { Random } from "../core/random.js";
import type { CfCFlavour, CfCMode, CfCWeights } from "../recurrent/ops/cfc-problem.js";
import { type CfCScanResult, cfcScan } from "../recurrent/ops/cfc-scan.js";
import { cfcFlavours, cfcModes, checkName } from "../recurrent/ops/check-scan.js";
import { hasScanKernel } from "../recurrent/ops/scan-kernels.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import { splitParts } from "../recurrent/ops/split-parts.js";
import { wiredCfCScan } from "../recurrent/ops/wired-cfc-scan.js";
import type { BuiltWiring, Wiring } from "../wirings/wiring.js";
import { type CreateVariable, createCfCWeights } from "./cfc-weights.js";
import { checkSequence } from "./check-sequence.js";
import { OwnWeights } from "./own-weights.js";
import { type CellStep, type SequenceCell, type SequenceOptions, sequenceNames } from "./recurrent-cell.js";
import { stepByScan } from "./step-by-scan.js";
import { type CfCRecurrence, cfcRecurrences, wiredMask } from "./wired-masks.js";

/** Options of {@link WiredCfCCell}. */
export interface WiredCfCCellOptions {
  /** Wiring of the neurons. */
  wiring: Wiring;
  /** Formula of the cell, default `"default"`. */
  mode?: CfCMode;
  /** Formula as in `CfCCell`; with `torch` (default) synapses may have either sign, with `tf` signs are fixed. */
  flavour?: CfCFlavour;
  /** Which connections the wiring masks, default `"layer"`, as in ncps. */
  recurrence?: CfCRecurrence;
  /** Seed of the weight initialisation; default random. */
  seed?: number;
}

const names = optionNames<WiredCfCCellOptions>({
  wiring: true,
  mode: true,
  flavour: true,
  recurrence: true,
  seed: true,
});

/** The CfC of one layer of neurons. */
export interface WiredCfCLayer {
  /** Weights of the layer, without backbone; entries without a synapse exist but have no effect and no gradient. */
  weights: CfCWeights;
  /** Sparsity mask of the heads' kernel `[inputs + size, heads * size]`. */
  mask: tf.Tensor2D;
  /** Number of neurons in the layer. */
  size: number;
}

interface Built {
  wiring: BuiltWiring;
  layers: WiredCfCLayer[];
}

/**
 * One CfC without backbone for each layer of a wiring (inter, command, motor for NCPs, otherwise a single one); within
 * a step each layer receives the new state of the previous layer. The state `[batch, wiring.units]` holds the
 * layers in that order, the output `[batch, wiring.outputDim]` is that of the motor neurons.
 *
 * @example
 * ```ts
 * const cell = new WiredCfCCell({ wiring: new AutoNCP({ units: 32, outputSize: 4 }), seed: 0 });
 * cell.build(16);
 * const { output, state } = cell.call(x, cell.initialState(1), 0.1); // x [1, 16]
 * ```
 */
export class WiredCfCCell implements SequenceCell {
  /** Wiring of the neurons. */
  readonly wiring: Wiring;
  /** Formula of the cell; see {@link CfCMode}. */
  readonly mode: CfCMode;
  /** Published implementation; see {@link CfCFlavour}. */
  readonly flavour: CfCFlavour;
  /** Which connections the wiring masks; see {@link CfCRecurrence}. */
  readonly recurrence: CfCRecurrence;
  private readonly own: OwnWeights;
  private parts?: Built;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: WiredCfCCellOptions) {
    if (new.target === WiredCfCCell) checkOptions("WiredCfCCell", options, names);
    const { wiring, mode = "default", flavour = "torch", recurrence = "layer" } = options;
    if (typeof wiring?.build !== "function") {
      throw new InvalidArgumentError(
        "wiring",
        `expected a Wiring such as AutoNCP, received ${String(wiring)}`,
      );
    }
    this.wiring = wiring;
    this.mode = checkName("mode", mode, cfcModes);
    this.flavour = checkName("flavour", flavour, cfcFlavours);
    this.recurrence = checkName("recurrence", recurrence, cfcRecurrences);
    this.own = new OwnWeights(new Random(options.seed));
  }

  /** Number of neurons. */
  get stateSize(): number {
    return this.wiring.units;
  }

  /** Number of motor neurons. */
  get outputSize(): number {
    return this.wiring.outputDim;
  }

  /**
   * Builds the wiring and creates the weights `layer1/heads/kernel`, `layer1/heads/bias`, ...; a second call does
   * nothing.
   *
   * @throws InvalidArgumentError when the wiring cannot be built for that size, or its last layer does not start
   *   with the motor neurons
   */
  build(inputSize: number, create: CreateVariable = this.own.create): void {
    if (this.parts) return;
    const wiring = this.wiring.build(checkInteger("inputSize", inputSize));
    const last = wiring.layers[wiring.layers.length - 1];
    if (Array.from({ length: wiring.outputDim }, (_, i) => last[i]).some((id, i) => id !== i)) {
      throw new InvalidArgumentError(
        "wiring",
        `expected a last layer that begins with the ${wiring.outputDim} motor neurons, received [${last}]`,
      );
    }
    this.parts = { wiring, layers: wiring.layers.map((_, layer) => this.buildLayer(wiring, layer, create)) };
  }

  private buildLayer(wiring: BuiltWiring, layer: number, create: CreateVariable): WiredCfCLayer {
    const { mode, flavour, recurrence } = this;
    const size = wiring.layers[layer].length;
    const inputs = layer === 0 ? wiring.inputDim : wiring.layers[layer - 1].length;
    const heads = mode === "pure" ? 1 : 4;
    const factors = wiredMask(wiring, layer, { flavour, recurrence, heads });
    return {
      weights: createCfCWeights(
        { units: size, mode, flavour, backboneUnits: 0, backboneLayers: 0 },
        inputs,
        (name, options) => create(`layer${layer + 1}/${name}`, options),
      ),
      mask: tf.keep(tf.tensor2d(factors, [inputs + size, heads * size])),
      size,
    };
  }

  /** The wiring built for the input size. Throws `InvalidStateError` before {@link WiredCfCCell.build}. */
  get builtWiring(): BuiltWiring {
    return this.built.wiring;
  }

  /** Weights and masks of each layer. Throws `InvalidStateError` before {@link WiredCfCCell.build}. */
  get layers(): readonly WiredCfCLayer[] {
    return this.built.layers;
  }

  /** The weights that the cell itself owns, by name, e.g. `layer1/heads/kernel`. */
  get variables(): ReadonlyMap<string, tf.Variable> {
    return this.own.variables;
  }

  /** Initial state: zeros `[batch, wiring.units]`. */
  initialState(batch: number): tf.Tensor2D {
    return tf.zeros([checkInteger("batch", batch), this.stateSize]);
  }

  /**
   * Computes one step.
   *
   * @param x `[batch, features]` · @param state `[batch, wiring.units]`
   * @param elapsed time since the last step, a number or `[batch]`, default 1
   */
  call(x: tf.Tensor2D, state: tf.Tensor2D, elapsed?: Elapsed): CellStep {
    return stepByScan(this, x, state, elapsed);
  }

  /** Output for a state: its motor neurons. */
  readout(state: tf.Tensor2D): tf.Tensor2D {
    const last = this.layers[this.layers.length - 1];
    return tf.slice(state, [0, this.stateSize - last.size], [-1, this.outputSize]);
  }

  /** Runs over a sequence layer by layer: a layer only needs the states of the previous one at the same steps. */
  scan(options: SequenceOptions): CfCScanResult {
    checkOptions("WiredCfCCell.scan", options, sequenceNames);
    const { x, state, resets, mask, elapsed } = options;
    const { mode, flavour, layers, outputSize } = this;
    checkSequence({ x, state, resets, mask }, this.builtWiring.inputDim, this.stateSize);
    if (hasScanKernel("WiredCfCScan")) {
      return tf.tidy(() => {
        const scanned = wiredCfCScan({ x, state, resets, mask, elapsed, mode, flavour, layers });
        if (scanned.outputs.shape[2] === outputSize) return { ...scanned };
        return { ...scanned, outputs: tf.slice(scanned.outputs, [0, 0, 0], [-1, -1, outputSize]) };
      });
    }
    const sizes = layers.map(({ size }) => size);
    return tf.tidy(() => {
      const parts = splitParts(state, sizes, 1);
      let sequence = x;
      const states = layers.map((layer, i) => {
        const { heads, ...others } = layer.weights;
        const kernel = tf.mul<tf.Tensor2D>(heads.kernel, layer.mask);
        const weights = { ...others, heads: { kernel, bias: heads.bias } };
        const common = { mode, flavour, resets, mask, elapsed };
        const scanned = cfcScan({ ...common, x: sequence, state: parts[i], weights });
        sequence = scanned.outputs;
        return scanned.state;
      });
      const sliced = sequence.shape[2] > outputSize;
      return {
        outputs: sliced ? tf.slice(sequence, [0, 0, 0], [-1, -1, outputSize]) : sequence,
        state: tf.concat2d(states, 1),
      };
    });
  }

  /** Frees the masks and the weights that the cell owns. */
  dispose(): void {
    for (const { mask } of this.parts?.layers ?? []) mask.dispose();
    this.own.dispose();
    this.parts = undefined;
  }

  private get built(): Built {
    if (!this.parts) throw new InvalidStateError("WiredCfCCell: weights exist only after build(inputSize)");
    return this.parts;
  }
}
