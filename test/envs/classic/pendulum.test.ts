import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../../src/core/errors.js";
import { PendulumEnv } from "../../../src/envs/classic/pendulum.js";
import { PendulumNoVelEnv } from "../../../src/envs/classic/pendulum-no-vel.js";
import trace from "./pendulum-trace.json";

// The trace was recorded from Pendulum-v1 of Gymnasium 1.4.

function at(env: PendulumEnv, state: number[]): void {
  env.reset({ seed: 0 });
  env.setState({ ...env.getState(), state: Float64Array.from(state) });
}

const stateOf = (env: PendulumEnv) => env.getState().state as Float64Array;

describe("PendulumEnv equals Gymnasium's Pendulum-v1", () => {
  it("in single steps from all angles and velocities, including torques beyond the bounds", () => {
    const env = new PendulumEnv();
    for (const step of trace.steps) {
      at(env, step.state);
      const { observation, reward, terminated, truncated } = env.step(Float32Array.of(step.action));
      step.next.forEach((value, i) => {
        expect(Math.abs(stateOf(env)[i] - value)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(value)));
      });
      expect([...observation]).toEqual(step.observation);
      expect(Math.abs(reward - step.reward)).toBeLessThanOrEqual(4e-15);
      expect([terminated, truncated]).toEqual([false, false]);
    }
    expect(trace.steps.filter(({ action }) => Math.abs(action) > 2).length).toBeGreaterThan(5);
    expect(trace.steps.filter(({ next }) => Math.abs(next[1]) === 8).length).toBeGreaterThan(3);
  });

  it.each(trace.episodes)("over a whole episode of $length steps", (episode) => {
    const env = new PendulumEnv();
    at(env, episode.start);
    const expected = new Map(episode.observations.map(([n, ...values]) => [n, values]));
    let total = 0;
    for (let n = 1; n <= episode.length; n++) {
      const step = env.step(Float32Array.of(episode.actions[n - 1]));
      total += step.reward;
      if (n <= episode.rewards.length) expect(step.reward).toBeCloseTo(episode.rewards[n - 1], 12);
      expected.get(n)?.forEach((value, i) => {
        expect(step.observation[i]).toBeCloseTo(value, 5);
      });
      expect(step.truncated).toBe(n === episode.length);
    }
    expect(total).toBeCloseTo(episode.total, 5);
  });
});

describe("PendulumEnv", () => {
  it("follows the equation of motion without torque, to the first order of its step", () => {
    const env = new PendulumEnv();
    at(env, [0.3, 0]);
    env.step(Float32Array.of(0));
    const velocity = 15 * Math.sin(0.3) * 0.05;
    expect(stateOf(env)[1]).toBeCloseTo(velocity, 14);
    expect(stateOf(env)[0]).toBeCloseTo(0.3 + velocity * 0.05, 14);
  });

  it("has reward 0 upright and at rest, with angles modulo full turns", () => {
    const env = new PendulumEnv();
    for (const turns of [0, 1, -2]) {
      at(env, [turns * 2 * Math.PI, 0]);
      expect(env.step(Float32Array.of(0)).reward).toBeCloseTo(0, 12);
    }
    at(env, [Math.PI, 8]);
    expect(env.step(Float32Array.of(2)).reward).toBeCloseTo(-(Math.PI ** 2 + 6.4 + 0.004), 6);
  });

  it("starts at random states determined by the seed", () => {
    const env = new PendulumEnv();
    const first = env.reset({ seed: 5 }).observation.slice();
    expect(env.reset({ seed: 5 }).observation).toEqual(first);
    expect(env.reset().observation).not.toEqual(first);
    expect(env.reset({ seed: 6 }).observation).not.toEqual(first);
    const starts = Array.from({ length: 200 }, () => {
      env.reset();
      return [...stateOf(env)];
    });
    for (const [i, limit] of [Math.PI, 1].entries()) {
      const sizes = starts.map((state) => state[i]);
      expect(Math.max(...sizes)).toBeLessThan(limit);
      expect(Math.max(...sizes)).toBeGreaterThan(0.9 * limit);
      expect(Math.min(...sizes)).toBeLessThan(-0.9 * limit);
    }
  });

  it("has the same spaces as Gymnasium", () => {
    const { observationSpace, actionSpace } = new PendulumEnv();
    expect([...(observationSpace.high as Float64Array)]).toEqual([1, 1, 8]);
    expect([...(observationSpace.low as Float64Array)]).toEqual([-1, -1, -8]);
    expect([actionSpace.low, actionSpace.high, actionSpace.shape, actionSpace.dtype]).toEqual([
      -2,
      2,
      [1],
      "float32",
    ]);
  });

  it("accepts only gravity and the time limit as options", () => {
    const env = new PendulumEnv({ g: 0, maxEpisodeSteps: 2 });
    at(env, [1, 0.5]);
    expect(env.step(Float32Array.of(0)).truncated).toBe(false);
    expect(stateOf(env)[1]).toBe(0.5);
    expect(env.step(Float32Array.of(0)).truncated).toBe(true);
    expect(() => env.step(Float32Array.of(0))).toThrow(InvalidStateError);
    expect(() => new PendulumEnv({ gravity: 9 } as object)).toThrow(
      /gravity: is not an option of PendulumEnv: did you mean g/,
    );
    expect(() => new PendulumEnv({ maxEpisodeSteps: 0 })).toThrow(InvalidArgumentError);
    expect(() => new PendulumEnv({ g: Number.NaN })).toThrow(/g: expected a finite number/);
  });

  it("rejects invalid actions and states", () => {
    const env = new PendulumEnv();
    env.reset({ seed: 0 });
    for (const action of [1, new Float32Array(2), Float32Array.of(Number.NaN)]) {
      expect(() => env.step(action)).toThrow(/action: expected a Float32Array with one finite torque/);
    }
    expect(() => env.setState({ phase: "running" })).toThrow(InvalidArgumentError);
  });

  it("renders the rod at its angle and an arc on the side of the torque", () => {
    const env = new PendulumEnv();
    const pixel = (row: number, column: number) =>
      Array.from(env.render().data.subarray((row * 500 + column) * 3, (row * 500 + column) * 3 + 3));
    const [rod, white] = [
      [204, 77, 77],
      [255, 255, 255],
    ];
    at(env, [0, 0]);
    expect(env.render()).toMatchObject({ height: 500, width: 500 });
    expect([pixel(170, 250), pixel(330, 250), pixel(250, 170)]).toEqual([rod, white, white]);
    expect(pixel(250, 250)).toEqual([0, 0, 0]);
    at(env, [Math.PI / 2, 0]); // anticlockwise: to the left
    expect([pixel(250, 170), pixel(250, 330), pixel(170, 250)]).toEqual([rod, white, white]);
    env.setState({ ...env.getState(), torque: -2, state: Float64Array.of(Math.PI, 0) });
    const radius = 32;
    expect(pixel(250, 250 + radius)).not.toEqual(white);
    expect(pixel(250, 250 - radius)).toEqual(white);
  });
});

describe("PendulumNoVelEnv", () => {
  it("has the same dynamics and hides the velocity", () => {
    const [whole, hidden] = [new PendulumEnv(), new PendulumNoVelEnv()];
    expect(hidden.observationSpace.shape).toEqual([2]);
    expect([...hidden.reset({ seed: 3 }).observation]).toEqual([
      ...whole.reset({ seed: 3 }).observation.subarray(0, 2),
    ]);
    const torque = Float32Array.of(0.7);
    const [a, b] = [whole.step(torque), hidden.step(torque)];
    expect([...b.observation]).toEqual([...a.observation.subarray(0, 2)]);
    expect(b.reward).toBe(a.reward);
  });
});
