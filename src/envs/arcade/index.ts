/**
 * Arcade games without ROMs.
 *
 * @module
 */

export { ArcadeEnv } from "./arcade-env.js";
export type { ArcadeGame } from "./arcade-game.js";
export type { ArcadeObservation, ArcadeOptions } from "./arcade-options.js";
export { BreakoutEnv, type BreakoutOptions } from "./breakout.js";
export { BreakoutFeature } from "./breakout-features.js";
export { BreakoutGame } from "./breakout-game.js";
export { BreakoutPlayer } from "./breakout-player.js";
export { BreakoutWall } from "./breakout-wall.js";
export { SpaceInvadersEnv, type SpaceInvadersOptions } from "./space-invaders.js";
export { SpaceInvadersFeature } from "./space-invaders-features.js";
export { InvaderFormation } from "./space-invaders-formation.js";
export { SpaceInvadersGame, SpaceInvadersPhase } from "./space-invaders-game.js";
export { SpaceInvadersPlayer } from "./space-invaders-player.js";
export { InvaderShields } from "./space-invaders-shields.js";
export { SteadyBreakoutPlayer, type SteadyBreakoutPlayerOptions } from "./steady-breakout-player.js";
