import { describe, expect, it } from "vitest";
import type { RolloutMinibatch } from "../../../src/memory/index.js";
import { minibatchInputs } from "../../../src/trainers/ppo/minibatch-inputs.js";

const coefficients = { learningRate: 1e-3, clipRange: 0.2, clipRangeVf: 0.5, entCoef: 0.01, klCoef: 0.3 };
const steps = () => Float32Array.from({ length: 6 }, (_, i) => i);
/** Two sequences of three steps. */
const minibatch = {
  batch: 2,
  time: 3,
  observations: new Float32Array(6 * 4),
  actions: new Float32Array(6 * 2),
  states: new Float32Array(2 * 5),
  distributions: new Float32Array(6 * 4),
  logProbs: steps(),
  advantages: steps(),
  values: steps(),
  returns: steps(),
  resets: null,
  mask: steps(),
} as unknown as RolloutMinibatch;
const options = {
  model: { observationShape: [4], stateSize: 5, distributionSize: 4 },
  distribution: { actionShape: [2] },
  klPenalty: true,
};

describe("minibatchInputs", () => {
  it("gives each array its shape, without copies, and adds the coefficients", () => {
    const inputs = minibatchInputs(minibatch, coefficients, options);
    expect(inputs).toMatchObject(coefficients);
    expect(inputs.observations).toEqual({ values: minibatch.observations, shape: [2, 3, 4] });
    expect(inputs.actions).toEqual({ values: minibatch.actions, shape: [2, 3, 2] });
    expect(inputs.states).toEqual({ values: minibatch.states, shape: [2, 5] });
    expect(inputs.distributions).toEqual({ values: minibatch.distributions, shape: [2, 3, 4] });
    for (const name of ["logProbs", "advantages", "values", "returns", "mask"] as const) {
      expect(inputs[name]?.values).toBe(minibatch[name]);
      expect(inputs[name]?.shape).toEqual([2, 3]);
    }
  });

  it("omits what the network or the loss does not use", () => {
    const inputs = minibatchInputs(minibatch, coefficients, {
      ...options,
      model: { ...options.model, stateSize: 0 },
      klPenalty: false,
    });
    expect([inputs.states, inputs.distributions]).toEqual([undefined, undefined]);
    expect(inputs.resets ?? undefined).toBeUndefined();
  });
});
