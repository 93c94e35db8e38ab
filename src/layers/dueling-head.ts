/** Dueling head: computes Q-values from features. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import { type AffineWeights, affine, knownItem, overRows } from "./affine.js";
import { Block, type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { checkInitializer, checkIntegers } from "./checks.js";

/** Options of {@link DuelingHead}. */
export interface DuelingHeadOptions extends BlockOptions {
  /** Number of actions. */
  actions: number;
  /** Units per hidden layer of each stream, default `[256]`; `[]` for none. */
  hiddenUnits?: readonly number[];
  /** Whether there is a stream for the state value, default true; otherwise the advantages are the Q-values. */
  dueling?: boolean;
  /** Kernel initialiser, default `"heNormal"`. */
  kernelInitializer?: InitializerKind;
}

/**
 * Combines state values and advantages to Q-values, row by row: `Q = V + A - mean_a A` (Wang et al. 2016, eq. 9).
 *
 * @param values `[batch, 1]` · @param advantages `[batch, actions]`
 * @returns `[batch, actions]`, which the caller owns
 */
export function duelingCombine(values: tf.Tensor, advantages: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(tf.sub(advantages, tf.mean(advantages, -1, true)), values));
}

const names = optionNames<Omit<DuelingHeadOptions, keyof BlockOptions>>({
  actions: true,
  hiddenUnits: true,
  dueling: true,
  kernelInitializer: true,
});

/**
 * The two streams of a dueling network, each with hidden relu layers and a linear one, on `[..., features]`, returning
 * Q-values `[..., actions]`. Weights `dueling_head/advantage_hidden/kernel`, `dueling_head/advantage/kernel`,
 * `dueling_head/value_hidden/kernel`, `dueling_head/value/kernel` and their biases.
 *
 * @example
 * ```ts
 * const head = new DuelingHead({ actions: 6, hiddenUnits: [256], seed: 0 });
 * const q = head.forward(features); // [batch, 2816] to [batch, 6]
 * ```
 */
export class DuelingHead extends Block {
  /** Class name in saved models. */
  static className = "DuelingHead";
  /** Number of actions. */
  readonly actions: number;
  /** Whether there is a stream for the state value. */
  readonly dueling: boolean;
  private readonly hiddenUnits: readonly number[];
  private readonly kernelInitializer: InitializerKind;
  private readonly advantageLayers: AffineWeights[] = [];
  private readonly valueLayers: AffineWeights[] = [];

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: DuelingHeadOptions) {
    if (new.target === DuelingHead) checkOptions("DuelingHead", options, [...blockOptionNames, ...names]);
    super(options, "dueling_head");
    const { actions, hiddenUnits = [256], dueling = true, kernelInitializer = "heNormal" } = options;
    this.actions = checkInteger("actions", actions);
    this.hiddenUnits = hiddenUnits.length === 0 ? [] : checkIntegers("hiddenUnits", hiddenUnits);
    this.dueling = dueling;
    this.kernelInitializer = checkInitializer("kernelInitializer", kernelInitializer);
  }

  protected override createVariables(inputShape: LayerShape): void {
    const [inputs] = knownItem(inputShape, 1, "[batch, ..., features] with known features");
    const { hiddenUnits, kernelInitializer: kind } = this;
    const stream = (layers: AffineWeights[], name: string, outputs: number) => {
      let width = inputs;
      hiddenUnits.forEach((units, i) => {
        const layer = i === 0 ? `${name}_hidden/` : `${name}_hidden${i + 1}/`;
        layers.push(this.addAffine(layer, { kind, shape: [width, units] }));
        width = units;
      });
      layers.push(this.addAffine(`${name}/`, { kind, shape: [width, outputs] }));
    };
    stream(this.advantageLayers, "advantage", this.actions);
    if (this.dueling) stream(this.valueLayers, "value", 1);
  }

  /** Maps features `[..., features]` to Q-values `[..., actions]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    const run = (layers: AffineWeights[], rows: tf.Tensor) =>
      layers.reduce((y, layer, i) => affine(y, layer, i === layers.length - 1 ? "linear" : "relu"), rows);
    return tf.tidy(() =>
      overRows(x, 1, (rows) => {
        const advantages = run(this.advantageLayers, rows);
        return this.dueling ? duelingCombine(run(this.valueLayers, rows), advantages) : advantages;
      }),
    );
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -1), this.actions];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { actions, hiddenUnits, dueling, kernelInitializer } = this;
    return { ...super.getConfig(), actions, hiddenUnits: [...hiddenUnits], dueling, kernelInitializer };
  }
}

tf.serialization.registerClass(DuelingHead);
