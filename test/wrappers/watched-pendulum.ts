import { PendulumEnv } from "../../src/envs/classic/pendulum.js";

/** Remembers the torque it was given. */
export class WatchedPendulum extends PendulumEnv {
  last = Number.NaN;
  override step(action: Float32Array) {
    this.last = action[0];
    return super.step(action);
  }
}
