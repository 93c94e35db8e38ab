/** CartPole environment. */

import { checkInteger } from "../../core/check-integer.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import type { StateRecord } from "../../core/state.js";
import { Box, Discrete } from "../../spaces/index.js";
import {
  type Action,
  type Env,
  type Frame,
  type ResetOptions,
  type ResetResult,
  resetNames,
  type StepResult,
} from "../env.js";
import { drawCartPole } from "./draw-cart-pole.js";

/** Options of {@link CartPoleEnv} and {@link CartPoleNoVelEnv}. */
export interface CartPoleOptions {
  /** Number of steps after which an episode is truncated, default 500. */
  maxEpisodeSteps?: number;
}

const names = optionNames<CartPoleOptions>({
  maxEpisodeSteps: true,
});

type Phase = "new" | "running" | "ended" | "closed";

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = 1 + POLE_MASS;
const HALF_POLE_LENGTH = 0.5;
const POLE_MASS_LENGTH = POLE_MASS * HALF_POLE_LENGTH;
const FORCE = 10;
const SECONDS_PER_STEP = 0.02;

/** Angle in radians (12 degrees) beyond which the pole counts as fallen. */
const ANGLE_LIMIT: number = (12 * 2 * Math.PI) / 360;
/** Distance from the centre beyond which the cart has left the track. */
const POSITION_LIMIT = 2.4;

/**
 * A pole balances on a cart that is pushed left (action 0) or right (action 1): Gymnasium's
 * `CartPole-v1`, after Barto, Sutton and Anderson (1983).
 *
 * Observations are `float32 [4]`: position, velocity, angle (radians), angular velocity. Every
 * step has reward 1. The episode terminates when the pole falls beyond 12 degrees or the cart leaves
 * the track (2.4), and is truncated after 500 steps.
 *
 * @example
 * ```ts
 * const env = new CartPoleEnv();
 * const { observation } = env.reset({ seed: 0 });
 * const { reward, terminated, truncated } = env.step(observation[2] > 0 ? 1 : 0);
 * ```
 */
export class CartPoleEnv implements Env {
  /** @inheritDoc */
  readonly id: string = "CartPole-v1";
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: Discrete = new Discrete(2);
  /** State: position, velocity, angle, angular velocity. */
  protected readonly state: Float64Array = new Float64Array(4);
  private readonly shown: readonly number[];
  private readonly observation: Float32Array;
  private readonly maxEpisodeSteps: number;
  private random = new Random();
  private steps = 0;
  private phase: Phase = "new";

  /** @throws InvalidArgumentError when an option is unknown or the limit is not a positive integer */
  constructor(options: CartPoleOptions = {}) {
    checkOptions("CartPoleEnv", options, names);
    const { maxEpisodeSteps = 500 } = options;
    checkInteger("maxEpisodeSteps", maxEpisodeSteps);
    this.maxEpisodeSteps = maxEpisodeSteps;
    // Twice the limits, so that the last observation of an episode is inside; rounded as observations are.
    this.shown = this.visible();
    const high = this.shown.map((i) =>
      Math.fround(
        [2 * POSITION_LIMIT, Number.POSITIVE_INFINITY, 2 * ANGLE_LIMIT, Number.POSITIVE_INFINITY][i],
      ),
    );
    this.observationSpace = new Box({ low: high.map((h) => -h), high, shape: [high.length] });
    this.observation = new Float32Array(high.length);
  }

  /** Indices of the state variables in the observation. */
  protected visible(): readonly number[] {
    return [0, 1, 2, 3];
  }

  private observe(): Float32Array {
    for (let i = 0; i < this.shown.length; i++) this.observation[i] = this.state[this.shown[i]];
    return this.observation;
  }

  /**
   * Starts an episode with all four state variables uniform in (-0.05, 0.05).
   *
   * @throws InvalidStateError after `close`
   */
  reset(options: ResetOptions = {}): ResetResult {
    checkOptions("reset", options, resetNames);
    const { seed } = options;
    if (this.phase === "closed")
      throw new InvalidStateError("reset() after close(): create a new environment");
    if (seed !== undefined) this.random = new Random(seed);
    for (let i = 0; i < 4; i++) this.state[i] = this.random.uniform(-0.05, 0.05);
    this.steps = 0;
    this.phase = "running";
    return { observation: this.observe(), info: {} };
  }

  /**
   * Pushes the cart for 0.02 seconds.
   *
   * @param action 0 (left) or 1 (right)
   * @throws InvalidStateError before `reset`, after the end of the episode and after `close`
   * @throws InvalidArgumentError when the action is neither 0 nor 1
   */
  step(action: Action): StepResult {
    if (this.phase !== "running") throw new InvalidStateError(whyNoStep[this.phase]);
    if (!this.actionSpace.contains(action)) {
      throw new InvalidArgumentError("action", `expected 0 (left) or 1 (right), received ${action}`);
    }
    advance(this.state, action === 1 ? FORCE : -FORCE);
    this.steps++;
    const terminated = Math.abs(this.state[0]) > POSITION_LIMIT || Math.abs(this.state[2]) > ANGLE_LIMIT;
    const truncated = this.steps >= this.maxEpisodeSteps;
    if (terminated || truncated) this.phase = "ended";
    return { observation: this.observe(), reward: 1, terminated, truncated, info: {} };
  }

  /**
   * Renders a frame of 400 rows and 600 columns.
   *
   * @throws InvalidStateError before the first `reset` and after `close`
   */
  render(): Frame {
    if (this.phase === "new" || this.phase === "closed") {
      throw new InvalidStateError(`render() ${this.phase === "new" ? "before reset()" : "after close()"}`);
    }
    return drawCartPole(this.state[0], this.state[2], POSITION_LIMIT);
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
    const { phase, steps, random } = this;
    return { phase, steps, state: this.state.slice(), random: random.getState() };
  }

  /**
   * Restores the state that {@link CartPoleEnv.getState} returned.
   *
   * @throws InvalidStateError after `close`
   * @throws InvalidArgumentError when the state is not from this environment
   */
  setState(saved: StateRecord): void {
    if (this.phase === "closed") throw new InvalidStateError("setState() after close()");
    const { phase, steps, state, random } = saved;
    const known =
      (phase === "new" || phase === "running" || phase === "ended") && random && typeof random === "object";
    if (!known || !Number.isInteger(steps) || !(state instanceof Float64Array) || state.length !== 4) {
      throw new InvalidArgumentError("state", "expected { phase, steps, state: Float64Array(4), random }");
    }
    this.random.setState(random as StateRecord);
    this.state.set(state);
    this.steps = steps as number;
    this.phase = phase;
  }
}

const whyNoStep = {
  new: "step() before reset(): call reset() first",
  ended: "step() after the end of the episode: call reset() first",
  closed: "step() after close(): create a new environment",
} as const;

// Equations (23) and (24) of Florian (2007), "Correct equations for the dynamics of the cart-pole
// system", without friction, integrated by Euler's explicit method.
function advance(state: Float64Array, force: number): void {
  const [position, velocity, angle, angularVelocity] = state;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const push = (force + POLE_MASS_LENGTH * (angularVelocity * angularVelocity) * sin) / TOTAL_MASS;
  const angularAcceleration =
    (GRAVITY * sin - cos * push) / (HALF_POLE_LENGTH * (4 / 3 - (POLE_MASS * (cos * cos)) / TOTAL_MASS));
  const acceleration = push - (POLE_MASS_LENGTH * angularAcceleration * cos) / TOTAL_MASS;
  state[0] = position + SECONDS_PER_STEP * velocity;
  state[1] = velocity + SECONDS_PER_STEP * acceleration;
  state[2] = angle + SECONDS_PER_STEP * angularVelocity;
  state[3] = angularVelocity + SECONDS_PER_STEP * angularAcceleration;
}
