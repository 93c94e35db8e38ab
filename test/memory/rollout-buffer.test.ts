import { describe, expect, it } from "vitest";
import { InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { StateTree } from "../../src/core/state.js";
import { GAE } from "../../src/losses/gae.js";
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
  it("gathers sequences of equal length without mask, with the state of the first step", () => {
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

  it("starts each sequence in the state of its first step: RLlib's reference case", () => {
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

  it("restores only states with its types and sizes", () => {
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
    refuse("position", -1, /rollout\.position: expected a whole number in 0\.\./, "INVALID_ARGUMENT");
    refuse("nextStarts", "1", /rollout\.nextStarts: expected uint8/, "INVALID_ARGUMENT");
    buffer.setState({ ...own, rewards: new Float32Array(8).fill(5) });
    expect(buffer.rewards[7]).toBe(5);
  });

  it("names an invalid size", () => {
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

describe("RolloutBuffer.add, finish and minibatches", () => {
  const empty = () =>
    new RolloutBuffer({
      numEnvs: 2,
      numSteps: 3,
      observationShape: [1],
      observationDtype: "float32",
      distributionSize: 2,
    });
  const step = (t: number, terminated: number[] = [0, 0]) => ({
    observations: Float32Array.of(t, 10 + t),
    actions: [t % 2, 1],
    logProbs: [-t, -10 - t],
    distributions: Float32Array.of(t, 0, 10 + t, 0),
    values: [t / 2, 0],
    rewards: [1, 2],
    terminated,
  });
  const whole = () => {
    const buffer = empty();
    for (let t = 0; t < 3; t++) buffer.add(step(t, [t === 1 ? 1 : 0, 0]));
    return buffer;
  };

  it("places the steps of each environment one after the other", () => {
    const buffer = whole();
    expect(buffer.full).toBe(true);
    expect([...buffer.observations]).toEqual([0, 1, 2, 10, 11, 12]);
    expect([...buffer.logProbs]).toEqual([-0, -1, -2, -10, -11, -12]);
    expect([...buffer.distributions.subarray(6)]).toEqual([10, 0, 11, 0, 12, 0]);
  });

  it("marks the first step of each episode, across rollouts too", () => {
    const buffer = whole();
    expect([...buffer.episodeStarts]).toEqual([1, 0, 1, 1, 0, 0]);
    buffer.reset();
    buffer.add(step(0, [0, 1]));
    buffer.add(step(1));
    expect([...buffer.episodeStarts].filter((_, i) => i % 3 < 2)).toEqual([0, 0, 0, 1]);
  });

  it("estimates advantages as GAE does", () => {
    const buffer = whole();
    const gae = new GAE({ gamma: 0.5, lambda: 0.5 });
    buffer.finish({ lastValues: [4, 6], gae });
    // Last step of the first environment: 1 + 0.5 * 4 - 1; its second step ends an episode: 1 - 0.5.
    expect([buffer.advantages[2], buffer.advantages[1]]).toEqual([2, 0.5]);
    expect(buffer.returns[5]).toBe(2 + 0.5 * 6);
  });

  it("returns every step once in minibatches of the given size", () => {
    const buffer = whole();
    buffer.finish({ lastValues: [0, 0], gae: new GAE() });
    const seen = [...buffer.minibatches({ batchSize: 2, random: new Random(1) })];
    expect(seen.map(({ batch, time }) => [batch, time])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    expect(seen.flatMap(({ observations }) => [...observations]).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 10, 11, 12,
    ]);
  });

  it("rejects too many steps, finish() before the end and arrays of another length", () => {
    expect(() => whole().add(step(3))).toThrow(InvalidStateError);
    expect(() => empty().finish({ lastValues: [0, 0], gae: new GAE() })).toThrow(InvalidStateError);
    expect(() => empty().add({ ...step(0), values: [1] })).toThrow(ShapeError);
  });

  it("continues from a saved state in the middle of a rollout", () => {
    const buffer = empty();
    buffer.add(step(0, [1, 0]));
    const copy = empty();
    copy.setState(buffer.getState());
    copy.add(step(1));
    expect(copy.position).toBe(2);
    expect(copy.episodeStarts[1]).toBe(1);
  });
});
