/** The network of the ncps guide "Atari Behavior Cloning". */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import type { Block, LayerShape } from "../layers/block.js";
import { CfC } from "../layers/cfc.js";
import { ConvBlock } from "../layers/conv-block.js";
import { ImpalaConvBlock } from "../layers/impala-conv-block.js";
import { Linear } from "../layers/linear.js";
import { NormalizedBlock } from "../layers/normalized-block.js";
import { TorchConvBlock } from "../layers/torch-conv-block.js";
import type { ModelConfig } from "./actor-critic.js";
import {
  type Classification,
  type ClassifyOptions,
  classifyNames,
  type SequenceClassifier,
} from "./sequence-classifier.js";

/** Options of {@link ConvCfC}. */
export interface ConvCfCOptions {
  /** Number of classes, e.g. 4 for Breakout. */
  numActions: number;
  /** Shape of one observation, default `[84, 84, 4]`. */
  observationShape?: readonly number[];
  /** Which tab of the guide: formula of the CfC, batch normalisation, padding; default `"tf"`. */
  form?: "tf" | "torch";
  /** `"conv"`: the guide's block (default); `"impala"`: the cheaper one of its note. */
  encoder?: "conv" | "impala";
  /** Filters of the `"conv"` encoder, default the guide's `[64, 128, 128, 256]`. */
  filters?: readonly number[];
  /** Whether the `"impala"` encoder normalises over the batch, default true. */
  batchNorm?: boolean;
  /** Factor on the pixels, default `1 / 255`; with larger ones small objects such as a ball are learned sooner. */
  scale?: number;
  /** Units of the CfC, default 64. */
  units?: number;
  /** Seed of the initial weights, default random. */
  seed?: number;
}

const names = optionNames<ConvCfCOptions>({
  numActions: true,
  observationShape: true,
  form: true,
  encoder: true,
  filters: true,
  batchNorm: true,
  scale: true,
  units: true,
  seed: true,
});

/**
 * Convolutions, CfC and a linear layer: logits of actions for every frame of a sequence. The guide's two forms are
 * `"tf"`, 1,514,948 weights for 84 x 84 x 4 frames and 4 actions, and `"torch"`, 1,515,716 with the factors and
 * shifts of its batch normalisations.
 *
 * Two ways to train it: `CloningTrainer`, or `fit` of {@link ConvCfC.layersModel}.
 *
 * @example
 * ```ts
 * const model = new ConvCfC({ numActions: 4, seed: 0 });
 * const { logits, state } = model.apply(frames); // [batch, time, 84, 84, 4]; zero states
 * const next = model.apply(moreFrames, { state });
 * ```
 */
export class ConvCfC implements SequenceClassifier {
  /** @inheritDoc */
  readonly observationShape: readonly number[];
  /** @inheritDoc */
  readonly numActions: number;
  /** @inheritDoc */
  readonly stateSize: number;
  /** @inheritDoc */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** @inheritDoc */
  readonly statistics: ReadonlyMap<string, tf.Variable>;
  private readonly encoder: Block;
  private readonly core: CfC;
  private readonly head?: Linear;
  private readonly config: Record<string, unknown>;

  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: ConvCfCOptions) {
    if (new.target === ConvCfC) checkOptions("ConvCfC", options, names);
    const { numActions, observationShape = [84, 84, 4], form = "tf", encoder = "conv", units = 64 } = options;
    if (form !== "tf" && form !== "torch") {
      throw new InvalidArgumentError("form", `expected tf or torch, received ${form}`);
    }
    if (!observationShape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new InvalidArgumentError(
        "observationShape",
        `expected positive integers, received [${observationShape.join(", ")}]`,
      );
    }
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    this.observationShape = [...observationShape];
    this.numActions = numActions;
    this.encoder = makeEncoder(options, seed());
    this.encoder.build([null, ...observationShape]);
    const features = (this.encoder.computeOutputShape([null, ...observationShape]) as LayerShape)[1];
    this.core = new CfC({
      name: "cfc",
      units,
      flavour: form,
      ...(form === "torch" && { projSize: numActions }),
      returnSequences: true,
      returnState: true,
      seed: seed(),
    });
    this.core.build([null, null, features]);
    if (form === "tf") {
      this.head = new Linear({ name: "logits", units: numActions, seed: seed() });
      this.head.build([null, null, units]);
    }
    this.stateSize = this.core.stateSize;
    this.variables = new Map(this.parts.flatMap((part) => [...part.variables]));
    this.statistics = this.encoder instanceof NormalizedBlock ? this.encoder.statistics : new Map();
    const { filters, batchNorm, scale } = options;
    this.config = {
      numActions,
      observationShape: [...observationShape],
      form,
      encoder,
      units,
      ...(filters && { filters: [...filters] }),
      ...(batchNorm !== undefined && { batchNorm }),
      ...(scale !== undefined && { scale }),
    };
  }

  /**
   * Runs the network on `[batch, time, ...observationShape]` of any number type, 0..255.
   *
   * @throws ShapeError when the observations have another shape
   */
  apply(observations: tf.Tensor, options: ClassifyOptions = {}): Classification {
    checkOptions("apply", options, classifyNames);
    const { training = false, ...sequence } = options;
    const { encoder, core, head, observationShape } = this;
    if (observations.shape.slice(2).join() !== observationShape.join()) {
      const expected = `[batch, time, ${observationShape.join(", ")}]`;
      throw new ShapeError("observations", expected, observations.shape);
    }
    return tf.tidy(() => {
      const features =
        encoder instanceof NormalizedBlock
          ? encoder.forward(observations, training)
          : encoder.forward(observations);
      const { outputs, state } = core.scan(features as tf.Tensor3D, sequence);
      return { logits: (head ? head.forward(outputs) : outputs) as tf.Tensor3D, state };
    });
  }

  /**
   * The same network as a tfjs-layers model on the same weights, for `compile`, `fit`, `summary` and `save`:
   * `[batch, time, ...observationShape]` to logits `[batch, time, numActions]`. With `stateful` its inputs are frames
   * and states `[batch, stateSize]`, its outputs logits and next states.
   */
  layersModel(options: { stateful?: boolean } = {}): tfl.LayersModel {
    checkOptions("layersModel", options, ["stateful"]);
    const { stateful = false } = options;
    const { encoder, core, head } = this;
    const frames = tfl.input({ shape: [null, ...this.observationShape] });
    const features = encoder.apply(frames) as tfl.SymbolicTensor;
    const initial = stateful ? [tfl.input({ shape: [this.stateSize] })] : [];
    const [outputs, state] = core.apply(stateful ? [features, ...initial] : features) as tfl.SymbolicTensor[];
    const logits = (head ? head.apply(outputs) : outputs) as tfl.SymbolicTensor;
    return tfl.model({
      inputs: stateful ? [frames, ...initial] : frames,
      outputs: stateful ? [logits, state] : logits,
    });
  }

  /** Number of parameters. */
  countParams(): number {
    return [...this.variables.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @inheritDoc */
  toJSON(): ModelConfig {
    return { className: "ConvCfC", config: this.config };
  }

  /** @inheritDoc */
  dispose(): void {
    for (const part of this.parts) part.dispose();
  }

  private get parts(): Block[] {
    return [this.encoder, this.core, ...(this.head ? [this.head] : [])];
  }
}

function makeEncoder(options: ConvCfCOptions, seed: number): Block {
  const { form = "tf", encoder = "conv", filters, batchNorm, scale } = options;
  if (encoder === "impala") return new ImpalaConvBlock({ name: "conv_block", batchNorm, scale, seed });
  if (encoder !== "conv") {
    throw new InvalidArgumentError("encoder", `expected conv or impala, received ${encoder}`);
  }
  return form === "torch"
    ? new TorchConvBlock({ name: "conv_block", filters, scale, seed })
    : new ConvBlock({ name: "conv_block", filters, scale, seed });
}
