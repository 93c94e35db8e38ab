/** The distribution family of each action space. */

import { InvalidArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import type { ActionSpace, Box, Discrete, MultiDiscrete } from "../spaces/index.js";
import { Categorical, sampleCategorical } from "./categorical.js";
import { DiagonalGaussian, sampleDiagonalGaussian } from "./diagonal-gaussian.js";
import type { ActionDistribution } from "./distribution.js";
import { MultiCategorical, sampleMultiCategorical } from "./multi-categorical.js";

/**
 * The distribution family of an action space: {@link Categorical} for `Discrete`, {@link MultiCategorical} for
 * `MultiDiscrete`, {@link DiagonalGaussian} for a `Box` of float32 or float64.
 *
 * @example
 * ```ts
 * const family = actionDistribution(env.actionSpace);
 * const { actions, logProbs } = family.sample(networkOutput, { random });
 * await env.step(family.forEnv(actions));
 * ```
 * @throws InvalidArgumentError for a `Box` of integers
 */
export function actionDistribution(space: ActionSpace): ActionDistribution {
  if (space.kind === "discrete") return discrete(space);
  if (space.kind === "multi-discrete") return multiDiscrete(space);
  if (space.dtype !== "float32" && space.dtype !== "float64") {
    throw new InvalidArgumentError(
      "actionSpace",
      `expected a Box of float32 or float64, received ${space.dtype}; use MultiDiscrete for whole numbers`,
    );
  }
  return box(space);
}

function discrete({ n, start }: Discrete): ActionDistribution {
  return {
    actionShape: [],
    actionSize: 1,
    parameterSize: n,
    of: (logits) => new Categorical(logits),
    sample: (logits, options) => sampleCategorical(logits, { numActions: n, ...options }),
    forEnv: (actions) => (start === 0 ? actions : actions.map((action) => action + start)),
  };
}

function multiDiscrete({ nvec }: MultiDiscrete): ActionDistribution {
  return {
    actionShape: [nvec.length],
    actionSize: nvec.length,
    parameterSize: nvec.reduce((sum, n) => sum + n, 0),
    of: (logits) => new MultiCategorical(logits, nvec),
    sample: (logits, options) => sampleMultiCategorical(logits, { nvec, ...options }),
    forEnv: (actions) => actions,
  };
}

function box({ shape, dtype, low, high }: Box): ActionDistribution {
  const actionSize = sizeOf(shape);
  const bound = (bounds: number | Float64Array, i: number) =>
    typeof bounds === "number" ? bounds : bounds[i % actionSize];
  return {
    actionShape: [actionSize],
    actionSize,
    parameterSize: 2 * actionSize,
    of: (parameters) => DiagonalGaussian.fromParameters(parameters),
    sample: (parameters, options) => sampleDiagonalGaussian(parameters, { actionSize, ...options }),
    forEnv: (actions) =>
      (dtype === "float64" ? Float64Array.from(actions) : actions).map((action, i) =>
        Math.max(bound(low, i), Math.min(bound(high, i), action)),
      ),
    meanDeviation(parameters) {
      let sum = 0;
      for (let i = 0; i < parameters.length; i++) {
        if (i % (2 * actionSize) >= actionSize) sum += Math.exp(parameters[i]);
      }
      return sum / (parameters.length / 2);
    },
  };
}
