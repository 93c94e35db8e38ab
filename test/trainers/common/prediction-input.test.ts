import { describe, expect, it } from "vitest";
import { ShapeError } from "../../../src/core/errors.js";
import { predictionInput } from "../../../src/trainers/common/prediction-input.js";

const sizes = { observationShape: [3], stateSize: 2 };

describe("predictionInput", () => {
  it("counts the observations, with states of zeros where none are given", () => {
    expect(predictionInput(sizes, new Float32Array(6), {})).toEqual({
      batch: 2,
      states: new Float32Array(4),
    });
    expect(predictionInput({ observationShape: [] }, new Float32Array(2), {}).states).toHaveLength(0);
  });

  it("copies states, and clears those of rows where an episode starts", () => {
    const state = Float32Array.of(1, 2, 3, 4);
    const { states } = predictionInput(sizes, new Float32Array(6), { state, episodeStart: [false, true] });
    expect([...states]).toEqual([1, 2, 0, 0]);
    expect([...state]).toEqual([1, 2, 3, 4]);
  });

  it("names arguments with wrong shapes", () => {
    const of = (size: number, state?: Float32Array) => () =>
      predictionInput(sizes, new Float32Array(size), { state });
    expect(of(4)).toThrow(ShapeError);
    expect(of(0)).toThrow(/observations: expected shape \[batch, 3\]/);
    expect(of(3, new Float32Array(4))).toThrow(/state: expected shape \[1, 2\], received \[4\]/);
  });
});
