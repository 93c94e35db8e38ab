/** Pendulum swing-up environment. */

import { checkInteger } from "../../core/check-integer.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { isTypedArray, type StateRecord } from "../../core/state.js";
import { Box } from "../../spaces/index.js";
import {
  type Action,
  type Env,
  type Frame,
  type ResetOptions,
  type ResetResult,
  resetNames,
  type StepResult,
} from "../env.js";
import { drawPendulum } from "./draw-pendulum.js";

/** Options of {@link PendulumEnv} and {@link PendulumNoVelEnv}. */
export interface PendulumOptions {
  /** Acceleration of gravity, default 10. */
  g?: number;
  /** Number of steps after which an episode is truncated, default 200. */
  maxEpisodeSteps?: number;
}

const names = optionNames<PendulumOptions>({
  g: true,
  maxEpisodeSteps: true,
});

type Phase = "new" | "running" | "ended" | "closed";

/** Largest angular velocity. */
const MAX_SPEED = 8;
/** Largest torque in either direction. */
const MAX_TORQUE = 2;
const SECONDS_PER_STEP = 0.05;
const TORQUE_COST = Math.fround(0.001);

/**
 * A pendulum (mass 1, length 1) is swung up and held upright by a torque at its axle: Gymnasium's
 * `Pendulum-v1`, including its mixture of float32 torques and float64 motion.
 *
 * Observations are `float32 [3]`: cosine and sine of the angle (0 upright), angular velocity.
 * Actions are `float32 [1]`, a torque in -2..2; larger ones are clipped. The reward of a step is minus
 * `angle² + 0.1 velocity² + 0.001 torque²`, in -16.3..0. Episodes never terminate and are
 * truncated after 200 steps.
 *
 * @example
 * ```ts
 * const env = new PendulumEnv();
 * const { observation } = env.reset({ seed: 0 });
 * const { reward } = env.step(Float32Array.of(-2 * Math.sign(observation[1])));
 * ```
 */
export class PendulumEnv implements Env {
  /** @inheritDoc */
  readonly id: string = "Pendulum-v1";
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: Box = new Box({ low: -MAX_TORQUE, high: MAX_TORQUE, shape: [1] });
  private readonly state = new Float64Array(2);
  private readonly shown: number;
  private readonly observation: Float32Array;
  private readonly gravity: number;
  private readonly maxEpisodeSteps: number;
  private random = new Random();
  private torque = 0;
  private steps = 0;
  private phase: Phase = "new";

  /** @throws InvalidArgumentError when an option is unknown or has an invalid value */
  constructor(options: PendulumOptions = {}) {
    checkOptions("PendulumEnv", options, names);
    const { g = 10, maxEpisodeSteps = 200 } = options;
    if (!Number.isFinite(g)) throw new InvalidArgumentError("g", `expected a finite number, received ${g}`);
    checkInteger("maxEpisodeSteps", maxEpisodeSteps);
    this.gravity = g;
    this.maxEpisodeSteps = maxEpisodeSteps;
    this.shown = this.visible();
    const high = [1, 1, MAX_SPEED].slice(0, this.shown);
    this.observationSpace = new Box({ low: high.map((h) => -h), high, shape: [high.length] });
    this.observation = new Float32Array(high.length);
  }

  /** How many of cosine, sine and angular velocity are in the observation. */
  protected visible(): number {
    return 3;
  }

  private observe(): Float32Array {
    const [angle, velocity] = this.state;
    const all = [Math.cos(angle), Math.sin(angle), velocity];
    for (let i = 0; i < this.shown; i++) this.observation[i] = all[i];
    return this.observation;
  }

  /**
   * Starts an episode with the angle uniform in (-π, π) and the angular velocity in (-1, 1).
   *
   * @throws InvalidStateError after `close`
   */
  reset(options: ResetOptions = {}): ResetResult {
    checkOptions("reset", options, resetNames);
    const { seed } = options;
    if (this.phase === "closed")
      throw new InvalidStateError("reset() after close(): create a new environment");
    if (seed !== undefined) this.random = new Random(seed);
    this.state[0] = this.random.uniform(-Math.PI, Math.PI);
    this.state[1] = this.random.uniform(-1, 1);
    this.torque = 0;
    this.steps = 0;
    this.phase = "running";
    return { observation: this.observe(), info: {} };
  }

  /**
   * Applies a torque for 0.05 seconds.
   *
   * @param action `[1]` torque; clipped to ±2
   * @throws InvalidStateError before `reset`, after the end of the episode and after `close`
   * @throws InvalidArgumentError when the action is not one finite number in an array
   */
  step(action: Action): StepResult {
    if (this.phase !== "running") throw new InvalidStateError(whyNoStep[this.phase]);
    if (!isTypedArray(action) || action.length !== 1 || !Number.isFinite(action[0])) {
      throw new InvalidArgumentError(
        "action",
        `expected a Float32Array with one finite torque, received ${isTypedArray(action) ? `[${action.join(", ")}]` : action}`,
      );
    }
    const torque = Math.fround(Math.max(-MAX_TORQUE, Math.min(MAX_TORQUE, action[0])));
    const [angle, velocity] = this.state;
    // Gymnasium squares and scales the torque in float32, everything else in float64.
    const cost =
      normalizeAngle(angle) ** 2 +
      0.1 * velocity ** 2 +
      Math.fround(TORQUE_COST * Math.fround(torque * torque));
    const acceleration = ((3 * this.gravity) / 2) * Math.sin(angle) + Math.fround(3 * torque);
    const faster = velocity + acceleration * SECONDS_PER_STEP;
    this.state[1] = Math.max(-MAX_SPEED, Math.min(MAX_SPEED, faster));
    this.state[0] = angle + this.state[1] * SECONDS_PER_STEP;
    this.torque = torque;
    this.steps++;
    const truncated = this.steps >= this.maxEpisodeSteps;
    if (truncated) this.phase = "ended";
    return { observation: this.observe(), reward: -cost, terminated: false, truncated, info: {} };
  }

  /**
   * Renders a frame of 500 rows and 500 columns; an arc shows the last torque.
   *
   * @throws InvalidStateError before the first `reset` and after `close`
   */
  render(): Frame {
    if (this.phase === "new" || this.phase === "closed") {
      throw new InvalidStateError(`render() ${this.phase === "new" ? "before reset()" : "after close()"}`);
    }
    return drawPendulum(this.state[0], this.torque / MAX_TORQUE);
  }

  /** @inheritDoc */
  close(): void {
    this.phase = "closed";
  }

  /** Closes the environment at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * @inheritDoc
   * @throws InvalidStateError after `close`
   */
  getState(): StateRecord {
    if (this.phase === "closed") throw new InvalidStateError("getState() after close()");
    const { phase, steps, torque, random } = this;
    return { phase, steps, torque, state: this.state.slice(), random: random.getState() };
  }

  /**
   * Restores the state that {@link PendulumEnv.getState} returned.
   *
   * @throws InvalidStateError after `close`
   * @throws InvalidArgumentError when the state is not from this environment
   */
  setState(saved: StateRecord): void {
    if (this.phase === "closed") throw new InvalidStateError("setState() after close()");
    const { phase, steps, torque, state, random } = saved;
    const known =
      (phase === "new" || phase === "running" || phase === "ended") && random && typeof random === "object";
    const counted = Number.isInteger(steps) && typeof torque === "number";
    if (!known || !counted || !(state instanceof Float64Array) || state.length !== 2) {
      throw new InvalidArgumentError(
        "state",
        "expected { phase, steps, torque, state: Float64Array(2), random }",
      );
    }
    this.random.setState(random as StateRecord);
    this.state.set(state);
    this.torque = torque;
    this.steps = steps as number;
    this.phase = phase;
  }
}

const whyNoStep = {
  new: "step() before reset(): call reset() first",
  ended: "step() after the end of the episode: call reset() first",
  closed: "step() after close(): create a new environment",
} as const;

// Maps to [-π, π), with the remainder of the divisor's sign as in Python.
function normalizeAngle(angle: number): number {
  const turn = 2 * Math.PI;
  const remainder = (angle + Math.PI) % turn;
  return (remainder < 0 ? remainder + turn : remainder) - Math.PI;
}
