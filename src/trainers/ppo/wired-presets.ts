/** Settings of PPO for wired networks and for those with a solver. */

import { CfCActorCritic, LTCActorCritic } from "../../models/index.js";
import { AutoNCP } from "../../wirings/index.js";
import { cartPoleNoVelPPO, type PPOPreset } from "./ppo-presets.js";

/**
 * CartPoleNoVel-v1 (velocities hidden) in 100 000 steps by a wired CfC: a neural circuit policy of 24 neurons, 8 of
 * them motor neurons that policy and value read. As {@link cartPoleNoVelPPO}, with five times its learning rate: before
 * training, the motor neurons of a wiring follow the observation much more weakly than the units of a dense CfC.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cartPoleNoVelWiredPPO, env: "CartPoleNoVel-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * ```
 */
export const cartPoleNoVelWiredPPO: PPOPreset = {
  ...cartPoleNoVelPPO,
  learningRate: "lin_5e-3",
  targetKl: 0.02,
  vfCoef: 0.5,
  valueLossScale: 0.5,
  model: ({ observationSpace, actionSpace, seed }) =>
    new CfCActorCritic({
      observationSpace,
      actionSpace,
      seed,
      wiring: new AutoNCP({ units: 24, outputSize: 8 }),
    }),
};

/**
 * CartPoleNoVel-v1 (velocities hidden) in 100 000 steps by a liquid time-constant network.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cartPoleNoVelLTCPPO, env: "CartPoleNoVel-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * ```
 */
export const cartPoleNoVelLTCPPO: PPOPreset = {
  ...cartPoleNoVelWiredPPO,
  learningRate: "lin_1e-2",
  model: ({ observationSpace, actionSpace, seed }) =>
    new LTCActorCritic({
      observationSpace,
      actionSpace,
      seed,
      wiring: new AutoNCP({ units: 24, outputSize: 8 }),
    }),
};
