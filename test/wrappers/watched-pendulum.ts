import { PendulumEnv } from "../../src/envs/classic/pendulum.js";

/** Records the torque of the last step. */
export class WatchedPendulum extends PendulumEnv {
  last = Number.NaN;
  override step(action: Float32Array) {
    this.last = action[0];
    return super.step(action);
  }
}
