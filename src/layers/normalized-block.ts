/** Base class of layers with batch normalisation. */

import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { constant } from "../recurrent/ops/constants.js";
import { Block, type CallOptions } from "./block.js";

/** How the moving statistics of a batch normalisation are updated. */
export interface BatchNormOptions {
  /** Momentum: weight of the old statistics, e.g. Keras's 0.99, torch's 0.9 (there called 0.1). */
  momentum: number;
  /** Added to variances. */
  epsilon: number;
}

/** One batch normalisation. */
export interface BatchNorm extends BatchNormOptions {
  /** Trained factor `[channels]`. */
  gamma: tf.Variable;
  /** Trained shift `[channels]`. */
  beta: tf.Variable;
  /** Moving mean `[channels]`. */
  mean: tf.Variable;
  /** Moving variance `[channels]`. */
  variance: tf.Variable;
}

type Initializer = ReturnType<typeof tfl.initializers.zeros>;

/**
 * A {@link Block} that can normalise its channels over the batch (Ioffe and Szegedy 2015): with the batch's own
 * statistics while training, otherwise, and always if `trainable` is false, with their moving averages, as in Keras.
 */
export abstract class NormalizedBlock extends Block {
  private readonly moving = new Map<string, tf.Variable>();

  /** Moving means and variances by name: not updated by gradients, but part of the learned state. */
  get statistics(): ReadonlyMap<string, tf.Variable> {
    return this.moving;
  }

  /** @inheritDoc */
  abstract override forward(x: tf.Tensor, training?: boolean): tf.Tensor;

  /** @inheritDoc */
  override call(inputs: tf.Tensor | tf.Tensor[], options?: CallOptions): tf.Tensor | tf.Tensor[] {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => this.forward(x, options?.training === true));
  }

  /** Creates `prefix/<path>gamma`, `beta`, `moving_mean` and `moving_variance`. */
  protected addBatchNorm(path: string, channels: number, options: BatchNormOptions): BatchNorm {
    const shape = [channels];
    return {
      ...options,
      gamma: this.addVariable(`${path}gamma`, { kind: "ones", shape }),
      beta: this.addVariable(`${path}beta`, { kind: "zeros", shape }),
      mean: this.addStatistic(`${path}moving_mean`, channels, 0),
      variance: this.addStatistic(`${path}moving_variance`, channels, 1),
    };
  }

  private addStatistic(name: string, channels: number, value: number): tf.Variable {
    const first = { apply: () => tf.fill([channels], value) } as unknown as Initializer;
    const weight = this.addWeight(`${this.name}/${name}`, [channels], "float32", first, undefined, false);
    const variable = weight.read() as tf.Variable;
    this.moving.set(`${this.prefix}/${name}`, variable);
    return variable;
  }

  /** Normalises `[rows, height, width, channels]`; with `training` the moving statistics are updated. */
  protected normalize(x: tf.Tensor, norm: BatchNorm, training: boolean): tf.Tensor {
    const { gamma, beta, momentum, epsilon } = norm;
    return tf.tidy(() => {
      let [mean, variance]: tf.Tensor[] = [norm.mean, norm.variance];
      if (training && gamma.trainable) {
        mean = tf.mean(x, [0, 1, 2]);
        variance = tf.mean(tf.square(tf.sub(x, mean)), [0, 1, 2]);
        const count = x.size / variance.size;
        follow(norm.mean, mean, momentum);
        // The moving average of the variance is unbiased, as in torch and in Keras's fused form.
        follow(norm.variance, tf.mul(variance, constant(count / Math.max(1, count - 1))), momentum);
      }
      const factor = tf.mul(gamma, tf.rsqrt(tf.add(variance, constant(epsilon))));
      return tf.add(tf.mul(x, factor), tf.sub(beta, tf.mul(mean, factor)));
    });
  }
}

function follow(moving: tf.Variable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() =>
    moving.assign(tf.add(tf.mul(moving, constant(momentum)), tf.mul(value, constant(1 - momentum)))),
  );
}
