/** The default Q-network of `DQNTrainer`. */

import { InvalidArgumentError } from "../../core/errors.js";
import { DuelingQNetwork, MlpQNetwork, natureConvolutions } from "../../models/index.js";
import type { QNetworkFactory } from "./dqn-options.js";

/** An MLP 64-64 for vectors, the convolutions of Mnih et al. 2015 for frames of at least 36 × 36. */
export const defaultQNetwork: QNetworkFactory = ({ observationSpace, actionSpace, dueling, seed }) => {
  const { shape } = observationSpace;
  if (shape.length === 1) return new MlpQNetwork({ observationSpace, actionSpace, dueling, seed });
  if (shape.length === 3) {
    return new DuelingQNetwork({
      observationSpace,
      actionSpace,
      dueling,
      seed,
      convolutions: natureConvolutions,
      hiddenUnits: [512],
    });
  }
  throw new InvalidArgumentError(
    "model",
    `there is no default network for observations [${shape.join(", ")}]: give one`,
  );
};
