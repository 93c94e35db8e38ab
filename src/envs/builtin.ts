/** Registers the environments that come with the library. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { ARCADE_OPTIONS } from "./arcade/arcade-options.js";
import { BreakoutEnv } from "./arcade/breakout.js";
import { SpaceInvadersEnv } from "./arcade/space-invaders.js";
import { CartPoleEnv } from "./classic/cart-pole.js";
import { CartPoleNoVelEnv } from "./classic/cart-pole-no-vel.js";
import { PendulumEnv } from "./classic/pendulum.js";
import { PendulumNoVelEnv } from "./classic/pendulum-no-vel.js";
import { type EnvFactory, register, specs } from "./env-specs.js";

/** Options of {@link registerBuiltinEnvs}. */
export interface RegisterBuiltinOptions {
  /** Whether ids that were replaced get the library's environments back. Default: true. */
  replace?: boolean;
}

const names = optionNames<RegisterBuiltinOptions>({
  replace: true,
});

/**
 * Registers the library's own environments: `CartPole-v1`, `CartPoleNoVel-v1`, `Pendulum-v1`, `PendulumNoVel-v1`,
 * `Arcade/Breakout-v0` and `Arcade/SpaceInvaders-v0`. The library does this automatically when the first id is looked
 * up; call it to restore an id that was replaced.
 */
export function registerBuiltinEnvs(options: RegisterBuiltinOptions = {}): void {
  checkOptions("registerBuiltinEnvs", options, names);
  const { replace = true } = options;
  const add = (id: string, factory: EnvFactory, savedOptions: readonly string[]) => {
    if (replace || !specs.has(id)) register(id, factory, { savedOptions });
  };
  const cartPole = ["maxEpisodeSteps"];
  add("CartPole-v1", (options) => new CartPoleEnv(options), cartPole);
  add("CartPoleNoVel-v1", (options) => new CartPoleNoVelEnv(options), cartPole);
  const pendulum = ["g", "maxEpisodeSteps"];
  add("Pendulum-v1", (options) => new PendulumEnv(options), pendulum);
  add("PendulumNoVel-v1", (options) => new PendulumNoVelEnv(options), pendulum);
  const breakout = [...ARCADE_OPTIONS, "velocity", "difficulty"];
  add("Arcade/Breakout-v0", (options) => new BreakoutEnv(options), breakout);
  add("Arcade/SpaceInvaders-v0", (options) => new SpaceInvadersEnv(options), ARCADE_OPTIONS);
}
