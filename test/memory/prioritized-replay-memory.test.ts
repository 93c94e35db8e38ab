import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { PrioritizedReplayMemory } from "../../src/memory/index.js";

function filled(size: number, options: { alpha?: number; beta?: number; capacity?: number } = {}) {
  const memory = new PrioritizedReplayMemory({
    capacity: size + 1,
    observationShape: [1],
    observationDtype: "float32",
    ...options,
  });
  memory.start(0, Float32Array.of(0));
  for (let i = 0; i < size; i++) {
    memory.add(0, {
      action: i,
      reward: 0,
      nextObservation: Float32Array.of(i + 1),
      terminated: 0,
      truncated: 0,
    });
  }
  return memory;
}

/** The first transitions of a memory that was never full. */
function first(size: number) {
  return {
    indices: Array.from({ length: size }, (_, i) => i),
    generations: Array.from({ length: size }, (_, i) => i + 1),
  };
}

describe("PrioritizedReplayMemory", () => {
  it("gives the probabilities and weights of the reference", () => {
    const memory = filled(4, { alpha: 0.6, beta: 0.4 });
    memory.updatePriorities(first(4), [1, -2, 0.5, -4]);
    const expected = [0.18271958, 0.27695109, 0.12054997, 0.41977936];
    const weights = [0.84674531, 0.71697762, 1, 0.60709744];
    const probabilities = [0, 1, 2, 3].map((i) => memory.probability(i));
    probabilities.forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i], 6);
    });
    const batch = memory.sample(64, new Random(0));
    expect(new Set(batch.indices)).toEqual(new Set([0, 1, 2, 3]));
    batch.indices.forEach((index, i) => {
      expect(batch.weights[i]).toBeCloseTo(weights[index], 6);
    });
  });

  it("samples in proportion to the priorities", () => {
    const memory = filled(20, { alpha: 1 });
    memory.updatePriorities(
      first(20),
      Float32Array.from({ length: 20 }, (_, i) => 1 + i),
    );
    const counts = new Float64Array(20);
    const random = new Random(9);
    // One at a time: strata of a larger batch make the counts more even than chance.
    const draws = 40_000;
    for (let i = 0; i < draws; i++) counts[memory.sample(1, random).actions[0]]++;
    let chiSquare = 0;
    counts.forEach((count, i) => {
      const expected = (draws * (1 + i)) / 210;
      chiSquare += (count - expected) ** 2 / expected;
    });
    expect(chiSquare).toBeLessThan(43.82); // 19 degrees of freedom, once in a thousand
  });

  it("samples one from each of equal parts", () => {
    const memory = filled(8, { alpha: 1 });
    for (let seed = 0; seed < 20; seed++) {
      expect([...memory.sample(8, new Random(seed)).actions]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("gives new transitions the highest priority so far", () => {
    const memory = filled(4, { alpha: 1, capacity: 10 });
    memory.updatePriorities(first(4), [1, 9, 1, 1]);
    memory.updatePriorities({ indices: [1], generations: [2] }, [0.5]);
    memory.add(0, { action: 4, reward: 0, nextObservation: Float32Array.of(5), terminated: 1, truncated: 0 });
    expect(memory.probability(4)).toBeCloseTo(9 / 12.5, 6);
  });

  it("with beta 1, weighted samples have the mean of uniform ones", () => {
    const memory = filled(10, { alpha: 0.7, beta: 1 });
    memory.updatePriorities(
      first(10),
      Float32Array.from({ length: 10 }, (_, i) => 0.1 + i * i),
    );
    const random = new Random(5);
    let [sum, weight] = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const batch = memory.sample(16, random);
      batch.actions.forEach((action, j) => {
        sum += action * batch.weights[j];
        weight += batch.weights[j];
      });
    }
    expect(sum / weight).toBeCloseTo(4.5, 1);
  });

  it("ignores overwritten transitions, and rejects non-finite errors", () => {
    const memory = filled(4);
    const before = memory.getState();
    memory.updatePriorities({ indices: [4], generations: [5] }, [100]); // holds the newest observation, no step yet
    expect(memory.getState()).toEqual(before);
    expect(() => memory.updatePriorities(first(1), [Number.NaN])).toThrow(/finite/);
    expect(() => memory.updatePriorities(first(2), [1])).toThrow(/tdErrors/);
    const indices = memory.sample(2, new Random(0)).indices as unknown as {
      indices: number[];
      generations: number[];
    };
    expect(() => memory.updatePriorities(indices, [1, 1])).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
  });
});

describe("updatePriorities after further steps", () => {
  const add = (memory: PrioritizedReplayMemory, steps: number) => {
    for (let i = 0; i < steps; i++) {
      memory.add(0, {
        action: i,
        reward: 0,
        nextObservation: Float32Array.of(i),
        terminated: 0,
        truncated: 0,
      });
    }
  };

  it("ignores indices with another transition by now, even if that was sampled since", () => {
    for (const steps of [8, 16, 17, 24]) {
      const memory = filled(7, { alpha: 1 });
      const { indices, generations } = structuredClone(memory.sample(4, new Random(1)));
      add(memory, steps);
      const batch = memory.sample(4, new Random(1));
      const before = memory.getState();
      memory.updatePriorities({ indices, generations }, [1000, 1000, 1000, 1000]);
      expect(memory.getState()).toEqual(before);
      memory.updatePriorities(batch, [1000, 1000, 1000, 1000]);
      expect(memory.probability(batch.indices[0])).toBeGreaterThan(0.2);
    }
  });

  it("still updates transitions that have not been overwritten", () => {
    const memory = filled(4, { alpha: 1, capacity: 10 });
    const old = structuredClone(memory.sample(4, new Random(1)));
    add(memory, 2);
    memory.updatePriorities(old, [9, 9, 9, 9]);
    expect(memory.probability(old.indices[0])).toBeCloseTo(9 / 38, 3);
  });

  it("continues generations from a saved state, and from one of an older version", () => {
    const memory = filled(7, { alpha: 1 });
    add(memory, 9);
    const state = structuredClone(memory.getState());
    const { written: _, ...older } = state;
    const copy = filled(7, { alpha: 1 });
    copy.setState(state);
    expect(copy.sample(4, new Random(1)).generations).toEqual(memory.sample(4, new Random(1)).generations);
    copy.setState(older);
    const old = structuredClone(copy.sample(4, new Random(1)));
    add(copy, 8);
    const before = copy.getState();
    copy.updatePriorities(old, [1000, 1000, 1000, 1000]);
    expect(copy.getState()).toEqual(before);
  });
});
