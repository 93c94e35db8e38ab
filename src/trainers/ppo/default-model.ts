/** The default network of `PPOTrainer`. */

import { InvalidArgumentError } from "../../core/errors.js";
import { MlpActorCritic, NatureActorCritic } from "../../models/index.js";
import type { ActorCriticFactory } from "./ppo-options.js";

/** An MLP 64-64 for vectors, the Nature network for frames of at least 36 × 36. */
export const defaultModel: ActorCriticFactory = ({ observationSpace, actionSpace, seed }) => {
  const { shape } = observationSpace;
  if (shape.length === 1) return new MlpActorCritic({ observationSpace, actionSpace, seed });
  if (shape.length === 3) return new NatureActorCritic({ observationSpace, actionSpace, seed });
  throw new InvalidArgumentError(
    "model",
    `there is no default network for observations [${shape.join(", ")}]: give one`,
  );
};
