import { describe, expect, it } from "vitest";
import type { StateTree } from "../../src/core/state.js";
import { cutSequences, RolloutBuffer } from "../../src/memory/index.js";

function filled(): RolloutBuffer {
  const buffer = new RolloutBuffer({
    numEnvs: 2,
    numSteps: 4,
    observationShape: [2],
    observationDtype: "uint8",
    distributionSize: 3,
    stateSize: 2,
  });
  for (let i = 0; i < 8; i++) {
    buffer.observations.set([i, i + 100], 2 * i);
    buffer.states.set([i, -i], 2 * i);
    buffer.advantages[i] = i / 10;
    buffer.actions[i] = i % 3;
  }
  buffer.episodeStarts.set([1, 0, 1, 0, 0, 0, 0, 0]);
  return buffer;
}

describe("RolloutBuffer", () => {
  it("gathers equal sequences without mask, with the state of the first step", () => {
    const batch = filled().gather({ starts: Int32Array.of(4, 0), lengths: Int32Array.of(2, 2) });
    expect([batch.batch, batch.time]).toEqual([2, 2]);
    expect(Array.from(batch.observations)).toEqual([4, 104, 5, 105, 0, 100, 1, 101]);
    expect(batch.observations).toBeInstanceOf(Uint8Array);
    expect(Array.from(batch.states)).toEqual([4, -4, 0, -0]);
    expect(batch.mask).toBeUndefined();
    expect(batch.resets).toBeUndefined();
  });

  it("pads shorter sequences and flags resets inside, not at the first step", () => {
    const batch = filled().gather({ starts: Int32Array.of(0, 6), lengths: Int32Array.of(4, 1) });
    expect(Array.from(batch.mask!)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(Array.from(batch.resets!)).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
    expect(Array.from(batch.observations.subarray(8))).toEqual([6, 106, 0, 0, 0, 0, 0, 0]);
  });

  it("starts each sequence in the state of its first step: RLlib's golden case", () => {
    const buffer = new RolloutBuffer({
      numEnvs: 1,
      numSteps: 6,
      observationShape: [1],
      observationDtype: "float32",
      distributionSize: 2,
      stateSize: 1,
    });
    buffer.states.set([4, 5, 4, 5, 5, 5]);
    const sequences = cutSequences({
      numEnvs: 1,
      numSteps: 6,
      maxLength: 3,
      episodeStarts: [1, 0, 1, 0, 0, 0],
    });
    expect(Array.from(sequences.lengths)).toEqual([2, 3, 1]);
    expect(Array.from(buffer.gather(sequences).states)).toEqual([4, 4, 5]);
  });

  it("takes back a state of its own types and sizes only", () => {
    const [buffer, own] = [filled(), filled().getState()];
    const refuse = (name: string, value: StateTree, message: RegExp, code: string) => {
      const set = () => buffer.setState({ ...own, rewards: new Float32Array(8).fill(5), [name]: value });
      expect(set).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    };
    refuse("states", new Float32Array(15), /rollout\.states: .*\[16\], received \[15\]/, "SHAPE");
    refuse(
      "observations",
      new Float32Array(16),
      /rollout\.observations: expected uint8, received float32/,
      "INVALID_ARGUMENT",
    );
    refuse(
      "values",
      new Float64Array(8),
      /rollout\.values: expected float32, received float64/,
      "INVALID_ARGUMENT",
    );
    refuse("values", "12345678", /rollout\.values: expected float32, received string/, "INVALID_ARGUMENT");
    expect(buffer.getState()).toEqual(own);
    buffer.setState({ ...own, rewards: new Float32Array(8).fill(5) });
    expect(buffer.rewards[7]).toBe(5);
  });

  it("names a wrong size", () => {
    const make = () =>
      new RolloutBuffer({
        numEnvs: 0,
        numSteps: 1,
        observationShape: [1],
        observationDtype: "float32",
        distributionSize: 2,
      });
    expect(make).toThrow(/numEnvs/);
  });
});
