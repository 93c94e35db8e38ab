/** Q-networks: networks that value actions. */

import * as tf from "@tensorflow/tfjs-core";
import { assignInPlace } from "tfjs-training/wasm";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Block } from "../layers/block.js";
import type { Box, Discrete } from "../spaces/index.js";
import type { ModelConfig } from "./actor-critic.js";
import { joinVariables } from "./join-variables.js";

/** A network that outputs a value for each discrete action. */
export interface QNetwork {
  /** Shape of one observation. */
  readonly observationShape: readonly number[];
  /** Number of actions. */
  readonly numActions: number;
  /**
   * All weights by their name in the model. Trainers update those whose `trainable` is true, and save all of them.
   */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Q-values `[batch, actions]` of observations `[batch, ...observationShape]`. Differentiable in all variables. */
  apply(observations: tf.Tensor): tf.Tensor2D;
  /** A copy of the network with separate, equal weights: a target network. */
  clone(): QNetwork;
  /**
   * Projects the weights back into their bounds; trainers call it after each step. Missing in models without
   * constraints.
   */
  constrain?(): void;
  /** Description for checkpoints. */
  toJSON(): ModelConfig;
  /** Frees the weights. */
  dispose(): void;
}

/** Options that every Q-network has. */
export interface QNetworkOptions {
  /** The observation space. */
  observationSpace: Box;
  /** The action space. */
  actionSpace: Discrete;
  /** Seed of the initial weights, default random. */
  seed?: number;
}

/**
 * A Q-network of consecutive blocks: an encoder, a head. Base class of the library's Q-networks, and of your own.
 *
 * @example
 * ```ts
 * const model = new SequentialQNetwork(
 *   { observationSpace, actionSpace },
 *   () => [new MLP({ hiddenUnits: [64], seed: 0 }), new DuelingHead({ actions: actionSpace.n, hiddenUnits: [], seed: 1
 *   })], { className: "Mine", config: {} },
 * );
 * ```
 */
export class SequentialQNetwork implements QNetwork {
  /** @inheritDoc */
  readonly observationShape: readonly number[];
  /** @inheritDoc */
  readonly numActions: number;
  /** @inheritDoc */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  private readonly blocks: readonly Block[];

  /**
   * @param options the spaces · @param makeBlocks makes the blocks, unbuilt; called once for each clone
   * @param description description of the network, for checkpoints
   * @throws ShapeError when the last block does not output one number for each action
   * @throws InvalidArgumentError when two blocks have the same name
   */
  constructor(
    private readonly options: QNetworkOptions,
    private readonly makeBlocks: () => readonly Block[],
    private readonly description: ModelConfig,
  ) {
    const { observationSpace, actionSpace } = options;
    this.observationShape = observationSpace.shape;
    this.numActions = actionSpace.n;
    this.blocks = makeBlocks();
    try {
      this.variables = this.build();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  private build(): ReadonlyMap<string, tf.Variable> {
    let shape: (number | null)[] = [null, ...this.observationShape];
    for (const block of this.blocks) {
      block.build(shape);
      shape = block.computeOutputShape(shape) as (number | null)[];
    }
    if (shape.length !== 2 || shape[1] !== this.numActions) {
      throw new ShapeError("makeBlocks", `[batch, ${this.numActions}] from the last block`, shape);
    }
    return joinVariables(this.blocks);
  }

  /**
   * Q-values `[batch, actions]`.
   *
   * @throws ShapeError when the observations have another shape
   */
  apply(observations: tf.Tensor): tf.Tensor2D {
    const [, ...rest] = observations.shape;
    if (rest.join() !== this.observationShape.join()) {
      throw new ShapeError(
        "observations",
        `[batch, ${this.observationShape.join(", ")}]`,
        observations.shape,
      );
    }
    return tf.tidy(() => {
      const input: tf.Tensor = tf.cast(observations, "float32");
      // A recurrent layer's call, unlike its forward, returns the outputs that its options select.
      return this.blocks.reduce((x, block) => block.call(x) as tf.Tensor, input) as tf.Tensor2D;
    });
  }

  /** Number of parameters. */
  countParams(): number {
    return [...this.variables.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @inheritDoc */
  clone(): SequentialQNetwork {
    const twin = new SequentialQNetwork(this.options, this.makeBlocks, this.description);
    updateTarget(this, twin);
    return twin;
  }

  /** @inheritDoc */
  constrain(): void {
    for (const block of this.blocks) block.constrain();
  }

  /** @inheritDoc */
  toJSON(): ModelConfig {
    return this.description;
  }

  /** @inheritDoc */
  dispose(): void {
    for (const block of this.blocks) block.dispose();
  }
}

/**
 * Updates the target network: `θ⁻ ← (1 - τ) θ⁻ + τ θ`.
 *
 * @param from the trained network · @param to the target network · @param tau 1 (the default) is a hard update
 * @throws InvalidArgumentError when tau is not in 0..1 or the networks have different weights
 */
export function updateTarget(from: QNetwork, to: QNetwork, tau = 1): void {
  if (!(tau >= 0 && tau <= 1)) {
    throw new InvalidArgumentError("tau", `expected a number in 0..1, received ${tau}`);
  }
  for (const [name, { shape }] of to.variables) {
    const source = from.variables.get(name);
    if (source?.shape.join() === shape.join()) continue;
    const received = source ? `[${source.shape}]` : "none";
    throw new InvalidArgumentError("from", `expected a weight "${name}" [${shape}], received ${received}`);
  }
  tf.tidy(() => {
    for (const [name, target] of to.variables) {
      const source = from.variables.get(name) as tf.Variable;
      assignInPlace(target, tau === 1 ? source : tf.add(target, tf.mul(tau, tf.sub(source, target))));
    }
  });
}
