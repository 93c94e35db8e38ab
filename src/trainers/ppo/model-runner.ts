/** One inference step of an actor-critic on plain arrays, compiled for each batch size. */

import type * as tf from "@tensorflow/tfjs-core";
import { type ArrayInput, type CompiledStep, compile } from "tfjs-training";
import type { TypedArray } from "../../core/state.js";
import type { ActorCritic } from "../../models/actor-critic.js";

/** Result of {@link ModelRunner.run}. */
export interface ModelStep {
  /** `[batch, distributionSize]` parameters of the action distribution. */
  distribution: Float32Array;
  /** `[batch]` state values. */
  values: Float32Array;
  /** `[batch, stateSize]` states after the step; empty for feed-forward networks. */
  states: Float32Array;
}

type Inputs = { observations: ArrayInput; states: ArrayInput | undefined };
type Outputs = Record<"distribution" | "values" | "states", tf.Tensor>;

/** Runs an actor-critic for one step of every row; it does not own the network. */
export class ModelRunner {
  private readonly step: CompiledStep<Inputs, Outputs>;

  constructor(private readonly model: ActorCritic) {
    this.step = compile(
      ({ observations, states }) => {
        const context = states ? { state: states as tf.Tensor2D } : {};
        const { distribution, values, state } = model.apply(observations, context);
        return (state ? { distribution, values, states: state } : { distribution, values }) as Outputs;
      },
      { name: "a step of the policy" },
    );
  }

  /**
   * Runs one step for every row; the arrays are new and no tensor is left.
   *
   * @param observations flat `[batch, ...observationShape]`
   * @param states `[batch, stateSize]`
   */
  async run(batch: number, observations: TypedArray, states: Float32Array): Promise<ModelStep> {
    const { observationShape, stateSize } = this.model;
    const made = await this.step.read({
      observations: { values: observations, shape: [batch, 1, ...observationShape] },
      states: stateSize > 0 ? { values: states, shape: [batch, stateSize] } : undefined,
    });
    return {
      distribution: made.distribution.slice(),
      values: made.values.slice(),
      states: stateSize > 0 ? made.states.slice() : empty,
    };
  }

  /** Frees what was compiled. */
  dispose(): void {
    this.step.dispose();
  }
}

const empty = new Float32Array(0);
