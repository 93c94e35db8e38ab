/** Creates weights that a cell owns itself, for use without a layer. */

import * as tf from "@tensorflow/tfjs-core";
import { requireBackend } from "tfjs-training";
import { initialize } from "../core/initializers.js";
import type { Random } from "../core/random.js";
import type { CreateVariable } from "./cfc-weights.js";

/** Variables by name, initialised from one random generator. */
export class OwnWeights {
  /** All variables, in order of creation. */
  readonly variables = new Map<string, tf.Variable>();

  /** @param random source of the initial values */
  constructor(private readonly random: Random) {}

  /** Creates one variable. @throws BackendError when no backend is active */
  readonly create: CreateVariable = (name, options) => {
    requireBackend();
    const values = initialize({ ...options, random: this.random });
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, [...options.shape])));
    this.variables.set(name, variable);
    return variable;
  };

  /** Frees all variables. */
  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }
}
