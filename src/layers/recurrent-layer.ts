/** Base class of the recurrent layers: a cell over sequences, for tfjs-layers and for reinforcement learning. */

import * as tf from "@tensorflow/tfjs-core";
import { requireBackend } from "tfjs-training";
import { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import type { SequenceCell } from "../cells/recurrent-cell.js";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidStateError, ShapeError } from "../core/errors.js";
import type { InitializerKind } from "../core/initializers.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import type { CfCScanResult } from "../recurrent/ops/cfc-scan.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import { type AffineWeights, affine, knownItem, overRows } from "./affine.js";
import { Block, type BlockOptions, blockOptionNames, type CallOptions, type LayerShape } from "./block.js";

/** Options that every {@link RecurrentLayer} takes. */
export interface RecurrentLayerOptions extends BlockOptions {
  /** Whether an LSTM is added to the cell, which doubles the state: `[h | c]`; see `MixedMemoryCell`. Default false. */
  mixedMemory?: boolean;
  /** Which of the published models the cell and mixed memory follow; default `"torch"`. */
  flavour?: CfCFlavour;
  /** Size of an affine projection of the outputs; the state keeps its size. Default: none. */
  projSize?: number;
  /** Whether the layer returns the outputs of all steps instead of the last one. Default false, as in Keras. */
  returnSequences?: boolean;
  /** Whether the layer returns the state after the outputs. Default false. */
  returnState?: boolean;
  /** Whether the layer runs from the last step to the first; outputs are in processing order. Default false. */
  goBackwards?: boolean;
  /**
   * Whether each call of the layer starts from the state at the end of the previous call, until `resetStates()`; no
   * gradient flows from one call to the previous one. Default false.
   */
  stateful?: boolean;
}

/** The names of {@link RecurrentLayerOptions}. */
export const recurrentOptionNames: readonly string[] = [
  ...blockOptionNames,
  ...optionNames<Omit<RecurrentLayerOptions, keyof BlockOptions>>({
    mixedMemory: true,
    flavour: true,
    projSize: true,
    returnSequences: true,
    returnState: true,
    goBackwards: true,
    stateful: true,
  }),
];

/** Hints for options that the layers of ncps in Python have and these do not need. */
export const recurrentHints = {
  input_size: "the first input, or build(), determines the number of features",
  batch_first: "inputs are always [batch, time, features]",
  unroll: "all steps run in one operation as they are",
};

/** Options of {@link RecurrentLayer.scan}. */
export interface RecurrentScanOptions {
  /** State `[batch, stateSize]` before the first step; default zeros. */
  state?: tf.Tensor2D;
  /** Resets `[batch, time]`: 1 where the state is cleared before the step. */
  resets?: tf.Tensor;
  /** Mask `[batch, time]`: 0 where a step is skipped and the state carried over. */
  mask?: tf.Tensor;
  /** Elapsed time of each step: a number, `[batch]`, `[batch, time]` or `[batch, time, 1]`; default 1. */
  elapsed?: Elapsed;
  /** Whether dropout is active; default false. */
  training?: boolean;
}

const scanNames = optionNames<RecurrentScanOptions>({
  state: true,
  resets: true,
  mask: true,
  elapsed: true,
  training: true,
});

/**
 * A {@link SequenceCell} over sequences `[batch, time, features]`.
 *
 * As a tfjs layer it takes `x`, or `[x, ...]` followed by a state `[batch, stateSize]`, by elapsed times
 * `[batch, time, 1]`, or both, honours masks, and returns the last output `[batch, outputSize]`, or with
 * `returnSequences` all of them. For reinforcement learning, {@link RecurrentLayer.scan} takes resets and states.
 */
export abstract class RecurrentLayer<Cell extends SequenceCell = SequenceCell> extends Block {
  /** The cell with the network's formula. */
  readonly cell: Cell;
  /** The cell that runs: `cell`, or with mixed memory a `MixedMemoryCell` around it. */
  readonly core: SequenceCell;
  /** Published implementation that the layer follows. */
  readonly flavour: CfCFlavour;
  /** Size of the state of one sequence. */
  readonly stateSize: number;
  /** Size of one output: `projSize`, or that of the cell's output. */
  readonly outputSize: number;
  /** Whether outputs of all steps are returned; see {@link RecurrentLayerOptions.returnSequences}. */
  readonly returnSequences: boolean;
  /** Whether the state is returned; see {@link RecurrentLayerOptions.returnState}. */
  readonly returnState: boolean;
  /** Whether the layer runs backwards; see {@link RecurrentLayerOptions.goBackwards}. */
  readonly goBackwards: boolean;
  private readonly projSize?: number;
  private readonly keepsState: boolean;
  private keptState?: tf.Tensor2D;
  private projection?: AffineWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: RecurrentLayerOptions, defaultPrefix: string, cell: Cell) {
    super(options, defaultPrefix);
    const { flavour = "torch", seed } = options;
    this.cell = cell;
    this.flavour = flavour;
    this.core = options.mixedMemory ? new MixedMemoryCell({ cell, flavour, seed }) : cell;
    this.projSize = options.projSize === undefined ? undefined : checkInteger("projSize", options.projSize);
    this.stateSize = this.core.stateSize;
    this.outputSize = this.projSize ?? cell.outputSize;
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
    this.keepsState = options.stateful ?? false;
    this.supportsMasking = true;
  }

  /** Initialiser of the projection's kernel. */
  protected abstract get projectionKind(): InitializerKind;

  /** Whether state is kept between calls; see {@link RecurrentLayerOptions.stateful}. */
  override get stateful(): boolean {
    return this.keepsState;
  }

  /** The state from which the next call of a stateful layer starts, `null` for zeros. */
  get states(): (tf.Tensor2D | null)[] {
    return [this.keptState ?? null];
  }

  /** Initial state: zeros `[batch, stateSize]`. @throws BackendError when no backend is active */
  initialState(batch: number): tf.Tensor2D {
    requireBackend();
    return this.core.initialState(batch);
  }

  protected override createVariables(inputShape: LayerShape): void {
    const [features] = knownItem(inputShape, 1, "[batch, time, features] with known features");
    if (inputShape.length !== 3) throw new ShapeError("inputShape", "[batch, time, features]", inputShape);
    this.core.build(features, (name, options) => this.addVariable(name, options));
    if (this.projSize === undefined) return;
    const shape = [this.cell.outputSize, this.projSize];
    this.projection = this.addAffine("projection/", { kind: this.projectionKind, shape });
  }

  /**
   * Runs the layer on `[batch, time, features]`.
   *
   * @returns outputs `[batch, time, outputSize]` and the state after the last step `[batch, stateSize]`
   * @throws ShapeError when a tensor does not fit
   * @throws InvalidArgumentError for negative or NaN times
   */
  scan(x: tf.Tensor3D, options: RecurrentScanOptions = {}): CfCScanResult {
    checkOptions(`${this.getClassName()}.scan`, options, scanNames);
    if (x.shape.length !== 3) throw new ShapeError("x", "[batch, time, features]", x.shape);
    this.ensureBuilt(x);
    return tf.tidy(() => {
      const state = options.state ?? this.initialState(x.shape[0]);
      const scanned = this.core.scan({ ...options, x, state });
      return { outputs: this.project(scanned.outputs) as tf.Tensor3D, state: scanned.state };
    });
  }

  /** Outputs of all steps from a zero state: `[batch, time, features]` to `[batch, time, outputSize]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => this.scan(x as tf.Tensor3D).outputs);
  }

  /** Implementation of the layer for tfjs-layers; `options.initialState` is another way to pass the state. */
  override call(inputs: tf.Tensor | tf.Tensor[], options?: CallOptions): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const [x, ...others] = Array.isArray(inputs) ? inputs : [inputs];
      const mask: tf.Tensor | undefined = [options?.mask].flat()[0] ?? undefined;
      const given: tf.Tensor | undefined = [options?.initialState].flat()[0] ?? undefined;
      const inOrder = <T extends tf.Tensor | undefined>(sequence: T): T =>
        (this.goBackwards && sequence ? tf.reverse(sequence, 1) : sequence) as T;
      const start = given ?? others.find(({ rank }) => rank === 2) ?? this.keptState;
      const { outputs, state } = this.core.scan({
        x: inOrder(x) as tf.Tensor3D,
        state: (start as tf.Tensor2D) ?? this.initialState(x.shape[0]),
        elapsed: inOrder(others.find(({ rank }) => rank === 3)),
        mask: mask && (this.goBackwards ? reverseFlags(mask) : mask),
        training: options?.training === true,
      });
      if (this.keepsState) this.keepState(state);
      const result = this.project(this.returnSequences ? outputs : this.core.readout(state));
      return this.returnState ? [result, state] : result;
    });
  }

  /**
   * Resets the state of a stateful layer to zeros: for a new sequence, or before a different batch size.
   *
   * @throws InvalidStateError when the layer is not stateful
   */
  override resetStates(): void {
    if (!this.keepsState) {
      throw new InvalidStateError(
        `${this.getClassName()}: resetStates() is for layers created with stateful: true`,
      );
    }
    this.keptState?.dispose();
    this.keptState = undefined;
  }

  private keepState(state: tf.Tensor2D): void {
    this.resetStates();
    this.keptState = tf.keep(withoutGradient(state));
  }

  private project(x: tf.Tensor): tf.Tensor {
    const { projection } = this;
    return projection ? overRows(x, 1, (rows) => affine(rows, projection, "linear")) : x;
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape | LayerShape[] {
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as LayerShape;
    const output = this.returnSequences ? [batch, time, this.outputSize] : [batch, this.outputSize];
    return this.returnState ? [output, [batch, this.stateSize]] : output;
  }

  /** @inheritDoc */
  override computeMask(
    _inputs: tf.Tensor | tf.Tensor[],
    mask?: tf.Tensor | tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    const given = this.returnSequences ? [mask].flat()[0] : undefined;
    // The outputs' steps are in processing order, and so are their masks.
    const steps = given && this.goBackwards ? tf.tidy(() => reverseFlags(given)) : given;
    const none = null as unknown as tf.Tensor;
    return this.returnState ? [steps ?? none, none] : (steps ?? none);
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { flavour, projSize, returnSequences, returnState, goBackwards, keepsState } = this;
    return {
      ...super.getConfig(),
      flavour,
      mixedMemory: this.core instanceof MixedMemoryCell,
      ...(projSize !== undefined && { projSize }),
      returnSequences,
      returnState,
      goBackwards,
      stateful: keepsState,
    };
  }

  /** Frees the weights and the kept state, once nothing uses the layer any more. */
  override dispose(): ReturnType<Block["dispose"]> {
    const result = super.dispose();
    if (result.refCountAfterDispose > 0) return result;
    if (this.keepsState) this.resetStates();
    this.core.dispose();
    return result;
  }
}

// The wasm backend's reverse misreads booleans as floats and writes past their end.
function reverseFlags(flags: tf.Tensor): tf.Tensor {
  return tf.reverse(tf.cast(flags, "float32"), 1);
}

const withoutGradient = tf.customGrad<tf.Tensor2D>((x) => ({
  value: tf.clone(x as tf.Tensor2D),
  gradFunc: (dy) => tf.zerosLike(dy),
}));
