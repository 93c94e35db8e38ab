/** Base class of the library's layers: tfjs-layers layers with seeded weights that also run on plain tensors. */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { requireBackend } from "tfjs-training";
import { optionNames } from "../core/check-options.js";
import { InvalidStateError } from "../core/errors.js";
import { type InitializeOptions, initialize } from "../core/initializers.js";
import { Random } from "../core/random.js";
import { sizeOf } from "../core/state.js";
import type { AffineVariables } from "./affine.js";
import { countWeight } from "./weight-budget.js";

/** Shape of a layer's input; `null` for an axis of any size. */
export type LayerShape = (number | null)[];

/** The second argument of a layer's `call`. */
export type CallOptions = Parameters<tfl.layers.Layer["call"]>[1];

/** Options that every {@link Block} takes. */
export interface BlockOptions {
  /**
   * Name of the layer and prefix of its weights' names, e.g. `"policy"` for `policy/kernel`. Two layers of the same
   * model need two names. Default: a fixed name for each class.
   */
  name?: string;
  /** Seed of the weight initialisation; default random. */
  seed?: number;
  /** Shape of one input without the batch, as for every tfjs layer that is the first in a model. */
  inputShape?: LayerShape;
  /** Shape of the input with the batch. */
  batchInputShape?: LayerShape;
  /**
   * Whether the weights are trained, default true. With false, or after `layer.trainable = false`, `fit` and all
   * trainers leave them unchanged; batch normalisations then keep their statistics.
   */
  trainable?: boolean;
}

/**
 * The names of {@link BlockOptions}, and those that tfjs-layers adds when it loads a model. Layers check the
 * option names in their own constructors: subclasses may have additional options.
 */
export const blockOptionNames: readonly string[] = [
  ...optionNames<BlockOptions>({
    name: true,
    seed: true,
    inputShape: true,
    batchInputShape: true,
    trainable: true,
  }),
  "dtype",
  "customObjects",
  "fastWeightInit",
];

/** Arguments of {@link Block.addVariable}. */
export type VariableOptions = Omit<InitializeOptions, "random">;

type Initializer = ReturnType<typeof tfl.initializers.zeros>;

/**
 * A tfjs-layers layer (for `tf.sequential`, `tf.model`, `fit`, saving and loading) with two additions:
 * {@link Block.forward} computes on tensors without symbolic execution, and {@link Block.variables} holds
 * the weights under names that do not depend on other layers of the program.
 *
 * @example
 * ```ts
 * const encoder = new NatureCNN({ seed: 0 });
 * encoder.build([null, 84, 84, 4]);
 * const features = encoder.forward(frames); // [batch, 512]
 * encoder.dispose();
 * ```
 */
export abstract class Block extends tfl.layers.Layer {
  /** Prefix of the weights' names in {@link Block.variables}. */
  readonly prefix: string;
  /** Seed of the weight initialisation, as given. */
  readonly seed?: number;
  private readonly random: Random;
  private readonly byName = new Map<string, tf.Variable>();
  private scoped = false;

  /** @param options common options · @param defaultPrefix prefix of the weights if there is no name */
  constructor(options: BlockOptions, defaultPrefix: string) {
    const { name, inputShape, batchInputShape, trainable } = options;
    super({ name, inputShape, batchInputShape, trainable });
    // Saved models hold the numbered name that tfjs gave to a layer without one.
    const given = name !== undefined && !new RegExp(`_${this.getClassName()}\\d+$`).test(name);
    this.prefix = given ? name : defaultPrefix;
    this.seed = options.seed;
    this.random = new Random(options.seed);
  }

  /**
   * The weights by logical name, e.g. `conv_block/conv1/kernel`: the same in every program, unlike
   * `variable.name`, to which tfjs appends a number if another layer has used that name before.
   *
   * @throws InvalidStateError before {@link Block.build}
   */
  get variables(): ReadonlyMap<string, tf.Variable> {
    if (!this.built) {
      throw new InvalidStateError(
        `${this.getClassName()}: weights exist only after build(inputShape) or a first call`,
      );
    }
    return this.byName;
  }

  /** Creates the weights for an input shape (with batch). Called once; a second call does nothing. */
  override build(inputShape: LayerShape | LayerShape[]): void {
    if (this.built) return;
    requireBackend();
    this.createVariables(firstShape(inputShape));
    super.build(inputShape);
    if (!this.trainable) this.trainable = false; // sets it on the variables, which have just been created
  }

  /** Creates the weights through {@link Block.addVariable}. */
  protected abstract createVariables(inputShape: LayerShape): void;

  /** Computes the layer on a tensor, batch first; builds the layer if necessary. */
  abstract forward(x: tf.Tensor): tf.Tensor;

  /**
   * Projects the weights back into their allowed range, e.g. conductances to at least 0. Trainers call it after each
   * step, as Keras applies its weight constraints; in a custom training loop call it yourself. Does nothing for most
   * layers.
   */
  constrain(): void {}

  /** Implementation of the layer for tfjs-layers. */
  override call(inputs: tf.Tensor | tf.Tensor[], _options?: CallOptions): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => this.forward(Array.isArray(inputs) ? inputs[0] : inputs));
  }

  /** @inheritDoc */
  override apply(
    ...[inputs, options]: Parameters<tfl.layers.Layer["apply"]>
  ): ReturnType<tfl.layers.Layer["apply"]> {
    const outside = this.scoped;
    this.scoped = true;
    try {
      return super.apply(inputs, options);
    } finally {
      this.scoped = outside;
    }
  }

  /** Creates one weight named `prefix/name`, initialised from the layer's random generator. */
  protected addVariable(name: string, options: VariableOptions): tf.Variable {
    const { shape } = options;
    countWeight(`${this.prefix}/${name}`, shape);
    const values = initialize({ ...options, random: this.random });
    const first = { apply: () => tf.tensor(values, [...shape]) } as unknown as Initializer;
    // Inside apply() tfjs itself prepends the layer's name to the weight's.
    const weight = this.addWeight(this.scoped ? name : `${this.name}/${name}`, [...shape], "float32", first);
    const variable = weight.read() as tf.Variable;
    this.byName.set(`${this.prefix}/${name}`, variable);
    return variable;
  }

  /**
   * Creates `prefix/<path>kernel` and `prefix/<path>bias`. `torchUniform` kernels get biases of the same
   * distribution, all others zeros.
   */
  protected addAffine(path: string, options: VariableOptions): AffineVariables {
    const { kind, shape } = options;
    const outputs = shape[shape.length - 1];
    return {
      kernel: this.addVariable(`${path}kernel`, options),
      bias: this.addVariable(`${path}bias`, {
        kind: kind === "torchUniform" ? "torchUniform" : "zeros",
        shape: [outputs],
        fanIn: sizeOf(shape) / outputs,
      }),
    };
  }

  /**
   * Builds the layer for a tensor if {@link Block.build} has not been called yet.
   *
   * @throws InvalidStateError after {@link Block.dispose}
   */
  protected ensureBuilt(x: tf.Tensor): void {
    if (this._refCount === 0) {
      throw new InvalidStateError(`${this.getClassName()}: its weights have been freed by dispose()`);
    }
    if (!this.built) this.build([null, ...x.shape.slice(1)]);
  }

  /** Plain options from which the layer can be recreated; weights not included. */
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.seed !== undefined && { seed: this.seed }) };
  }

  /** Frees the weights, once nothing uses the layer any more (a model that contains it counts as one use). */
  override dispose(): ReturnType<tfl.layers.Layer["dispose"]> {
    if (this.built && this._refCount === null) this._refCount = 1;
    if (this.built && this._refCount !== 0) return super.dispose();
    return { refCountAfterDispose: 0, numDisposedVariables: 0 };
  }
}

function firstShape(shape: LayerShape | LayerShape[]): LayerShape {
  return Array.isArray(shape[0]) ? shape[0] : (shape as LayerShape);
}
