/** PPO presets for wired networks and networks with an ODE solver. */

import { CfCActorCritic, LTCActorCritic } from "../../models/index.js";
import { AutoNCP } from "../../wirings/index.js";
import { cartPoleNoVelPPO, type PPOPreset } from "./ppo-presets.js";

/**
 * CartPoleNoVel-v1 (velocities hidden) in 100 000 steps with a wired CfC: a neural circuit policy of 24 neurons, 8 of
 * them motor neurons that policy and value read. Like {@link cartPoleNoVelPPO} with five times its learning rate:
 * before training, the motor neurons of a wiring respond to the observation much more weakly than the units of a dense CfC.
 * The target KL keeps such steps from undoing what has been learned.
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
 * CartPoleNoVel-v1 (velocities hidden) in 100 000 steps with a liquid time-constant network of 16 fully connected
 * neurons. Like {@link cartPoleNoVelWiredPPO} with twice as many environments, minibatches of twice the size and half
 * the target KL, which an LTC needs for steady progress; with observations normalised, because its synapses open at
 * potentials of 0.3 to 0.8; with conductances and capacitances used directly instead of through softplus, which makes
 * them smaller; and with initial capacitances from 0.02 to 1.5 instead of ncps's 0.4 to 0.6, so that there are both
 * fast and slow neurons.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cartPoleNoVelLTCPPO, env: "CartPoleNoVel-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * ```
 */
export const cartPoleNoVelLTCPPO: PPOPreset = {
  ...cartPoleNoVelWiredPPO,
  numEnvs: 16,
  batchSize: 512,
  targetKl: 0.01,
  normalizeObservation: true,
  model: ({ observationSpace, actionSpace, seed }) =>
    new LTCActorCritic({
      observationSpace,
      actionSpace,
      seed,
      units: 16,
      hiddenUnits: [16],
      implicitConstraints: false,
      initializationRanges: { cm: [0.02, 1.5] },
    }),
};
