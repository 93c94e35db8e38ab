/** Liquid time-constant network (LTC) as a recurrent layer. */

import * as tf from "@tensorflow/tfjs-core";
import { LTCCell, type LTCCellOptions } from "../cells/ltc-cell.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import { wiringFromJSON } from "../wirings/wiring-from-json.js";
import {
  RecurrentLayer,
  type RecurrentLayerOptions,
  recurrentHints,
  recurrentOptionNames,
} from "./recurrent-layer.js";

/** Options of {@link LTC}. */
export interface LTCOptions extends RecurrentLayerOptions, LTCCellOptions {
  /** Default of `implicitConstraints`, and the place of mixed memory; default `"torch"`. */
  flavour?: CfCFlavour;
  /** Seed of the weight initialisation; default random. */
  seed?: number;
}

const names = optionNames<Omit<LTCOptions, keyof RecurrentLayerOptions>>({
  units: true,
  wiring: true,
  inputMapping: true,
  outputMapping: true,
  odeUnfolds: true,
  epsilon: true,
  implicitConstraints: true,
  initializationRanges: true,
});

/**
 * Liquid time-constant network (Hasani et al. 2021) over sequences `[batch, time, features]`; with an NCP wiring a
 * neural circuit policy (Lechner et al. 2020). The output of a masked step is that of the carried state.
 *
 * Weights `ltc/gleak`, `ltc/vleak`, `ltc/cm`, `ltc/w`, `ltc/sigma`, `ltc/mu`, `ltc/erev`, `ltc/sensory_w`, ...,
 * `ltc/input_w`, `ltc/input_b`, `ltc/output_w`, `ltc/output_b`; with mixed memory also `ltc/lstm/kernel`, ...
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 16, outputSize: 1 });
 * const model = tf.sequential({ layers: [new LTC({ wiring, returnSequences: true, inputShape: [null, 2] })] });
 *
 * const core = new LTC({ wiring, seed: 0 });
 * let state = core.initialState(8);
 * const result = core.scan(features, { state, resets }); // features [8, 16, 2], outputs [8, 16, 1]
 * ```
 */
export class LTC extends RecurrentLayer<LTCCell> {
  /** Class name in saved models. */
  static className = "LTC";

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: LTCOptions) {
    if (new.target === LTC) checkOptions("LTC", options, [...recurrentOptionNames, ...names], recurrentHints);
    super(options, "ltc", makeCell(options));
  }

  /** Number of neurons: the size of the state without mixed memory. */
  get units(): number {
    return this.cell.stateSize;
  }

  /**
   * Projects the weights into their allowed range; see {@link LTCCell.constrain}. Needed without implicit
   * constraints, after each optimizer step.
   */
  override constrain(): void {
    this.cell.constrain();
  }

  protected override get projectionKind(): InitializerKind {
    return this.cell.flavour === "torch" ? "torchUniform" : "glorotUniform";
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { wiring, inputMapping, outputMapping, odeUnfolds, epsilon } = this.cell;
    const { flavour, implicitConstraints } = this.cell;
    const ranges = Object.entries(this.cell.initializationRanges).map(([name, range]) => [name, [...range]]);
    return {
      ...super.getConfig(),
      // Saved models change the case of all strings except names.
      wiring: { name: JSON.stringify(wiring.toJSON()) },
      inputMapping,
      outputMapping,
      odeUnfolds,
      epsilon,
      flavour,
      implicitConstraints,
      initializationRanges: Object.fromEntries(ranges),
    };
  }

  /** Recreates the wiring from its JSON. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { name } = config.wiring as { name: string };
    return new cls({ ...config, wiring: wiringFromJSON(JSON.parse(name)) as never });
  }
}

function makeCell(options: LTCOptions): LTCCell {
  const { units, wiring, inputMapping, outputMapping, odeUnfolds, epsilon, flavour, seed } = options;
  const { implicitConstraints, initializationRanges } = options;
  const solver = { odeUnfolds, epsilon, implicitConstraints };
  return new LTCCell({
    ...solver,
    units,
    wiring,
    inputMapping,
    outputMapping,
    flavour,
    initializationRanges,
    seed,
  });
}

tf.serialization.registerClass(LTC);
