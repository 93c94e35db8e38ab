/** CfC as a recurrent layer. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import { type CfCCore, type CfCCoreOptions, cfcConfig, createCfCCore, readCfCConfig } from "./cfc-core.js";
import {
  RecurrentLayer,
  type RecurrentLayerOptions,
  type RecurrentScanOptions,
  recurrentHints,
  recurrentOptionNames,
} from "./recurrent-layer.js";

/** Options of {@link CfC}. */
export interface CfCOptions extends RecurrentLayerOptions, CfCCoreOptions {
  /** Gate sign, head activation, mask sign, place of mixed memory, weight initialisation; default `"torch"`. */
  flavour?: CfCFlavour;
  /** Seed of weight initialisation and dropout; default random. */
  seed?: number;
}

const names = optionNames<Omit<CfCOptions, keyof RecurrentLayerOptions>>({
  units: true,
  wiring: true,
  mode: true,
  activation: true,
  backboneUnits: true,
  backboneLayers: true,
  backboneDropout: true,
  sparsityMask: true,
  recurrence: true,
});

/** Options of {@link CfC.scan}. */
export type CfCSequenceOptions = RecurrentScanOptions;

/**
 * Closed-form continuous-time network (Hasani et al. 2022) over sequences `[batch, time, features]`: dense with
 * `units`, or with the neurons and synapses of a `wiring`; with `mixedMemory` combined with an LSTM.
 *
 * As a tfjs layer it takes `x`, or `[x, ...]` followed by a state `[batch, stateSize]`, by elapsed times
 * `[batch, time, 1]`, or both, honours masks, and returns the last output `[batch, outputSize]`, or
 * with `returnSequences` all of them. For reinforcement learning, {@link CfC.scan} takes resets and states.
 * Weights `cfc/backbone1/kernel`, `cfc/backbone1/bias`, `cfc/heads/kernel`, `cfc/heads/bias`, ...; with a wiring
 * `cfc/layer1/heads/kernel`, ...; with mixed memory also `cfc/lstm/kernel`, ...
 *
 * @example
 * ```ts
 * const model = tf.sequential({ layers: [new CfC({ units: 32, inputShape: [null, 4] }), tf.layers.dense({ units: 1 })] });
 *
 * const core = new CfC({ wiring: new AutoNCP({ units: 28, outputSize: 4 }), seed: 0 });
 * let state = core.initialState(8);
 * const result = core.scan(features, { state, resets }); // features [8, 16, 256], outputs [8, 16, 4]
 * ```
 */
export class CfC extends RecurrentLayer<CfCCore> {
  /** Class name in saved models. */
  static className = "CfC";

  /** @throws InvalidArgumentError when an option is invalid, or two cannot be combined */
  constructor(options: CfCOptions) {
    if (new.target === CfC) checkOptions("CfC", options, [...recurrentOptionNames, ...names], recurrentHints);
    super(options, "cfc", createCfCCore(options));
  }

  /** Units of the cell: the size of the state without mixed memory. */
  get units(): number {
    return this.cell.stateSize;
  }

  protected override get projectionKind(): InitializerKind {
    return this.flavour === "torch" ? "torchUniform" : "glorotUniform";
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...cfcConfig(this.cell) };
  }

  /** Creates the layer from the result of {@link CfC.getConfig}, also from a saved model. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(readCfCConfig(config));
  }
}

tf.serialization.registerClass(CfC);
