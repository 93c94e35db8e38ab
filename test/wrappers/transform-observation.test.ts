import { describe, expect, it } from "vitest";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import { Box } from "../../src/spaces/index.js";
import { TransformObservation } from "../../src/wrappers/index.js";

const double = (x: number) => Math.max(-2, Math.min(2, 2 * x));

describe("TransformObservation", () => {
  it("applies its function to every observation, and has the space that it was given", () => {
    const observationSpace = new Box({ low: -2, high: 2, shape: [3] });
    const transform = (observation: ArrayLike<number>) => Float32Array.from(observation, double);
    const env = new TransformObservation(new PendulumEnv(), { transform, observationSpace });
    expect(env.observationSpace).toBe(observationSpace);
    const raw = new PendulumEnv();
    expect([...env.reset({ seed: 2 }).observation]).toEqual(
      [...raw.reset({ seed: 2 }).observation].map(double),
    );
    for (let n = 0; n < 50; n++) {
      const [own, inner] = [env.step(Float32Array.of(2)), raw.step(Float32Array.of(2))];
      expect([...own.observation]).toEqual([...inner.observation].map(double));
      expect(own.reward).toBe(inner.reward);
    }
  });

  it("keeps the space where none is given, and names wrong options", () => {
    const inner = new PendulumEnv();
    expect(new TransformObservation(inner, { transform: (x) => x }).observationSpace).toBe(
      inner.observationSpace,
    );
    expect(() => new TransformObservation(inner, { transfrom: 1 } as never)).toThrow(/transform/);
  });
});
