/** The environments that come with the library. */

import { registerArcade } from "./arcade/index.js";
import { CartPoleEnv } from "./classic/cart-pole.js";
import { CartPoleNoVelEnv } from "./classic/cart-pole-no-vel.js";
import { PendulumEnv } from "./classic/pendulum.js";
import { PendulumNoVelEnv } from "./classic/pendulum-no-vel.js";
import { register } from "./registry.js";

/**
 * Registers the library's own environments: `CartPole-v1`, `CartPoleNoVel-v1`, `Pendulum-v1`,
 * `PendulumNoVel-v1` and the arcade (`Arcade/...`). Importing the library does this already; call it to bring back an id that was
 * registered over.
 */
export function registerBuiltinEnvs(): void {
  const cartPole = { savedOptions: ["maxEpisodeSteps"] };
  register("CartPole-v1", (options) => new CartPoleEnv(options), cartPole);
  register("CartPoleNoVel-v1", (options) => new CartPoleNoVelEnv(options), cartPole);
  const pendulum = { savedOptions: ["g", "maxEpisodeSteps"] };
  register("Pendulum-v1", (options) => new PendulumEnv(options), pendulum);
  register("PendulumNoVel-v1", (options) => new PendulumNoVelEnv(options), pendulum);
  registerArcade();
}

registerBuiltinEnvs();
