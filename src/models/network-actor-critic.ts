/** Base class of actor-critics: encoder, optional recurrent core, two heads. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import type { Block, LayerShape } from "../layers/block.js";
import type { RecurrentLayer } from "../layers/recurrent-layer.js";
import type { ActionSpace, Box } from "../spaces/index.js";
import {
  type ActorCritic,
  type ActorCriticOptions,
  type ActorCriticOutput,
  actorCriticNames,
  type ModelConfig,
} from "./actor-critic.js";
import { joinVariables } from "./join-variables.js";
import { distributionSize } from "./policy-head.js";

/** Options that every actor-critic has. */
export interface SpacesOptions {
  /** The observation space. */
  observationSpace: Box;
  /** The action space: `Discrete`, `MultiDiscrete`, or a `Box` of float32 for a normal policy. */
  actionSpace: ActionSpace;
  /** Seed of the initial weights, default random. */
  seed?: number;
}

/**
 * Parts of a {@link NetworkActorCritic}, which builds those that are not built yet for its observations, and owns all
 * of them from then on.
 */
export interface NetworkParts {
  /** Maps observations to features `[rows, features]`; without it the observations are the features. */
  encoder?: Block;
  /** Recurrent core on the features: a CfC or LTC. */
  core?: RecurrentLayer;
  /** Maps features to the parameters of the policy: see {@link policyHead}. */
  policyHead: Block;
  /** Maps features to one value. */
  valueHead: Block;
  /** Separate encoder for the value; defaults to the shared one. Only without a core. */
  valueEncoder?: Block;
}

/**
 * An actor-critic assembled from parts: every observation goes through the encoder, the sequence
 * of features through the core, and its outputs through both heads.
 *
 * @example
 * ```ts
 * const model = new CfCActorCritic({ observationSpace, actionSpace, units: 32, seed: 0 });
 * const { distribution, values, state } = model.apply(observations, { state, resets });
 * ```
 */
export class NetworkActorCritic implements ActorCritic {
  /** @inheritDoc */
  readonly observationShape: readonly number[];
  /** @inheritDoc */
  readonly distributionSize: number;
  /** @inheritDoc */
  readonly stateSize: number;
  /** @inheritDoc */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  private readonly parts: NetworkParts;

  /**
   * Builds the parts: encoders for the observations, the core for the features that the encoder's
   * `computeOutputShape` returns, the heads for the outputs of the core or encoder.
   *
   * @throws InvalidArgumentError when both a value encoder and a core are given, or two parts have the same name
   */
  constructor(
    { observationSpace, actionSpace }: SpacesOptions,
    parts: NetworkParts,
    private readonly description: ModelConfig,
  ) {
    if (parts.core && parts.valueEncoder) {
      throw new InvalidArgumentError(
        "valueEncoder",
        "a recurrent network shares its encoder: leave valueEncoder out",
      );
    }
    this.parts = parts;
    this.observationShape = observationSpace.shape;
    this.distributionSize = distributionSize(actionSpace);
    this.stateSize = parts.core?.stateSize ?? 0;
    this.variables = buildParts(parts, this.observationShape);
  }

  /**
   * Runs the network on `[batch, time, ...observationShape]`.
   *
   * @throws ShapeError when the observations have another shape
   */
  apply(observations: tf.Tensor, options: ActorCriticOptions = {}): ActorCriticOutput {
    checkOptions("apply", options, actorCriticNames);
    const [batch, time, ...rest] = observations.shape;
    if (rest.join() !== this.observationShape.join()) {
      throw new ShapeError(
        "observations",
        `[batch, time, ${this.observationShape.join(", ")}]`,
        observations.shape,
      );
    }
    const { encoder, core, policyHead, valueHead, valueEncoder } = this.parts;
    return tf.tidy(() => {
      const rows = tf.reshape(observations, [batch * time, ...rest]);
      let features = encoder ? encoder.forward(rows) : tf.cast(rows, "float32");
      let state: tf.Tensor2D | undefined;
      if (core) {
        const sequence = tf.reshape(features, [
          batch,
          time,
          sizeOf(features.shape) / (batch * time),
        ]) as tf.Tensor3D;
        const scanned = core.scan(sequence, options);
        state = scanned.state;
        features = tf.reshape(scanned.outputs, [batch * time, core.outputSize]);
      }
      const values = valueHead.forward(valueEncoder ? valueEncoder.forward(rows) : features);
      const numbers = policyHead.forward(features);
      if (numbers.shape[1] !== this.distributionSize) {
        throw new ShapeError("policyHead", `[rows, ${this.distributionSize}] outputs`, numbers.shape);
      }
      const distribution = tf.reshape(numbers, [batch, time, this.distributionSize]) as tf.Tensor3D;
      return {
        distribution,
        values: tf.reshape(values, [batch, time]) as tf.Tensor2D,
        ...(state && { state }),
      };
    });
  }

  /** Number of parameters. */
  countParams(): number {
    return [...this.variables.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @inheritDoc */
  constrain(): void {
    for (const block of blocks(this.parts)) block.constrain();
  }

  /** @inheritDoc */
  toJSON(): ModelConfig {
    return this.description;
  }

  /** @inheritDoc */
  dispose(): void {
    for (const part of blocks(this.parts)) part.dispose();
  }
}

// If that fails, everything that was built here is disposed.
function buildParts(parts: NetworkParts, observationShape: readonly number[]) {
  const { encoder, core, policyHead, valueHead, valueEncoder } = parts;
  const unbuilt = blocks(parts).filter((part) => !part.built);
  const through = (block: Block | undefined, input: LayerShape): LayerShape => {
    if (!block) return input;
    block.build(input);
    return block.computeOutputShape(input) as LayerShape;
  };
  try {
    const rows: LayerShape = [null, ...observationShape];
    const features = sizeOf(through(encoder, rows).slice(1) as number[]);
    core?.build([null, null, features]);
    const outputs: LayerShape = [null, core?.outputSize ?? features];
    policyHead.build(outputs);
    valueHead.build(valueEncoder ? through(valueEncoder, rows) : outputs);
    return joinVariables(blocks(parts));
  } catch (error) {
    for (const part of unbuilt) part.dispose();
    throw error;
  }
}

function blocks(parts: NetworkParts): Block[] {
  return Object.values(parts).filter((part): part is Block => part !== undefined);
}
