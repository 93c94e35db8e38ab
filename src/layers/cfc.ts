/** The CfC as a recurrent layer. */

import * as tf from "@tensorflow/tfjs-core";
import { CfCCell, type CfCCellOptions } from "../cells/cfc-cell.js";
import { ShapeError } from "../core/errors.js";
import type { CfcScanResult } from "../ops/cfc-scan.js";
import type { Elapsed } from "../ops/sequence-rows.js";
import { type AffineWeights, affine, knownItem, overRows } from "./affine.js";
import { Block, type BlockOptions, type CallOptions, type LayerShape } from "./block.js";
import { checkInteger } from "./checks.js";

/** Options of {@link CfC}. */
export interface CfCOptions extends BlockOptions, CfCCellOptions {
  /** Size of an affine projection of the outputs; the state keeps its size. Default: none. */
  projSize?: number;
  /** As a layer, return the outputs of all steps instead of the last one. Default false, as in Keras. */
  returnSequences?: boolean;
  /** As a layer, return the state after the outputs. Default false. */
  returnState?: boolean;
  /** As a layer, run from the last step to the first; outputs come in the order of running. Default false. */
  goBackwards?: boolean;
}

/** Options of {@link CfC.scan}. */
export interface CfCSequenceOptions {
  /** `[batch, units]` state before the first step; default zeros. */
  state?: tf.Tensor2D;
  /** `[batch, time]`, 1 where the state is cleared before the step. */
  resets?: tf.Tensor;
  /** `[batch, time]`, 0 where a step is skipped and the state carried through. */
  mask?: tf.Tensor;
  /** Time of each step: a number, `[batch]`, `[batch, time]` or `[batch, time, 1]`; default 1. */
  elapsed?: Elapsed;
}

/**
 * Closed-form continuous-time network (Hasani et al. 2022) over sequences `[batch, time, features]`.
 *
 * As a tfjs layer it takes `x`, or `[x, ...]` followed by a state `[batch, units]`, by elapsed times
 * `[batch, time, 1]`, or both, honours masks, and returns the last output `[batch, units]`, or
 * with `returnSequences` all of them. For reinforcement learning, {@link CfC.scan} takes resets and states.
 * Weights `cfc/backbone1/kernel`, `cfc/backbone1/bias`, `cfc/heads/kernel`, `cfc/heads/bias`, ...
 *
 * @example
 * ```ts
 * const model = tf.sequential({ layers: [new CfC({ units: 32, inputShape: [null, 4] }), tf.layers.dense({ units: 1 })] });
 *
 * const core = new CfC({ units: 64, seed: 0 });
 * let state = core.initialState(8);
 * const result = core.scan(features, { state, resets }); // features [8, 16, 256]
 * ```
 */
export class CfC extends Block {
  /** Name in saved models. */
  static className = "CfC";
  /** The cell with the weights. */
  readonly cell: CfCCell;
  /** Features of one output: `projSize`, or the units. */
  readonly outputSize: number;
  private readonly projSize?: number;
  private readonly returnSequences: boolean;
  private readonly returnState: boolean;
  private readonly goBackwards: boolean;
  private projection?: AffineWeights;

  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: CfCOptions) {
    super(options, "cfc");
    this.cell = new CfCCell(options);
    this.projSize = options.projSize === undefined ? undefined : checkInteger("projSize", options.projSize);
    this.outputSize = this.projSize ?? this.cell.units;
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
    this.supportsMasking = true;
  }

  /** Size of the state. */
  get units(): number {
    return this.cell.units;
  }

  /** Zeros `[batch, units]`. */
  initialState(batch: number): tf.Tensor2D {
    return this.cell.initialState(batch);
  }

  protected override createVariables(inputShape: LayerShape): void {
    const [features] = knownItem(inputShape, 1, "[batch, time, features] with known features");
    if (inputShape.length !== 3) throw new ShapeError("inputShape", "[batch, time, features]", inputShape);
    this.cell.build(features, (name, options) => this.addVariable(name, options));
    if (this.projSize === undefined) return;
    const kind = this.cell.flavour === "torch" ? "torchUniform" : "glorotUniform";
    this.projection = this.addAffine("projection/", { kind, shape: [this.units, this.projSize] });
  }

  /**
   * Runs the layer on `[batch, time, features]`.
   *
   * @returns outputs `[batch, time, outputSize]` and the state after the last step `[batch, units]`
   * @throws ShapeError when a tensor does not fit · @throws InvalidArgumentError for negative or NaN times
   */
  scan(x: tf.Tensor3D, options: CfCSequenceOptions = {}): CfcScanResult {
    if (x.shape.length !== 3) throw new ShapeError("x", "[batch, time, features]", x.shape);
    this.ensureBuilt(x);
    return tf.tidy(() => {
      const state = options.state ?? this.initialState(x.shape[0]);
      const scanned = this.cell.scan({ ...options, x, state });
      return { outputs: this.project(scanned.outputs) as tf.Tensor3D, state: scanned.state };
    });
  }

  /** Outputs of all steps from a zero state: `[batch, time, features]` to `[batch, time, outputSize]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => this.scan(x as tf.Tensor3D).outputs);
  }

  /** @inheritDoc */
  override call(inputs: tf.Tensor | tf.Tensor[], options?: CallOptions): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const [x, ...others] = Array.isArray(inputs) ? inputs : [inputs];
      const mask: tf.Tensor | undefined = [options?.mask].flat()[0] ?? undefined;
      const inOrder = <T extends tf.Tensor | undefined>(sequence: T): T =>
        (this.goBackwards && sequence ? tf.reverse(sequence, 1) : sequence) as T;
      const { outputs, state } = this.cell.scan({
        x: inOrder(x) as tf.Tensor3D,
        state: (others.find(({ rank }) => rank === 2) as tf.Tensor2D) ?? this.initialState(x.shape[0]),
        elapsed: inOrder(others.find(({ rank }) => rank === 3)),
        mask: inOrder(mask),
      });
      const result = this.project(this.returnSequences ? outputs : state);
      return this.returnState ? [result, state] : result;
    });
  }

  private project(x: tf.Tensor): tf.Tensor {
    const { projection } = this;
    return projection ? overRows(x, 1, (rows) => affine(rows, projection, "linear")) : x;
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape | LayerShape[] {
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as LayerShape;
    const output = this.returnSequences ? [batch, time, this.outputSize] : [batch, this.outputSize];
    return this.returnState ? [output, [batch, this.units]] : output;
  }

  /** @inheritDoc */
  override computeMask(
    _inputs: tf.Tensor | tf.Tensor[],
    mask?: tf.Tensor | tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    const steps = this.returnSequences ? [mask].flat()[0] : undefined;
    const none = null as unknown as tf.Tensor;
    return this.returnState ? [steps ?? none, none] : (steps ?? none);
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { units, mode, flavour, activation, backboneUnits, backboneLayers } = this.cell;
    const { projSize, returnSequences, returnState, goBackwards } = this;
    const config = { units, mode, flavour, activation, backboneUnits, backboneLayers };
    return {
      ...super.getConfig(),
      ...config,
      ...(projSize !== undefined && { projSize }),
      returnSequences,
      returnState,
      goBackwards,
    };
  }

  /** Undoes what saved models do to names: they come back in camel case. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { activation, mode } = config;
    const snake = (name: unknown) => String(name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return new cls({ ...config, activation: snake(activation), mode: snake(mode) });
  }
}

tf.serialization.registerClass(CfC);
