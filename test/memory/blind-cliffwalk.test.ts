/** Blind Cliffwalk (Schaul et al. 2016, section 3.1): one rewarding transition among exponentially many. */

import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { PrioritizedReplayMemory, ReplayMemory } from "../../src/memory/index.js";

const states = 8;
const gamma = 1 - 1 / states;

// Every sequence of right and wrong choices: a wrong one ends the episode, the last right one is rewarded.
function fill(memory: ReplayMemory, random: Random): void {
  const lengths: number[] = [];
  for (let n = 0; n < states; n++) lengths.push(...new Array<number>(2 ** (states - 1 - n)).fill(n));
  lengths.push(states);
  for (const rights of random.shuffle(lengths)) {
    memory.start(0, Float32Array.of(0));
    for (let s = 0; s < Math.min(rights + 1, states); s++) {
      const right = s < rights;
      memory.add(0, {
        action: right ? 1 : 0,
        reward: right && s === states - 1 ? 1 : 0,
        nextObservation: Float32Array.of(s + 1),
        terminated: !right || s === states - 1,
        truncated: false,
      });
    }
  }
}

// Number of updates of a table until its values are those of the best policy.
function updatesNeeded(memory: ReplayMemory, seed: number): number {
  const random = new Random(seed);
  fill(memory, random);
  const q = Array.from({ length: states }, () => [0, 0].map(() => random.normal(0, 0.1)));
  const truth = q.map((_, s) => [0, gamma ** (states - 1 - s)]);
  const error = () =>
    q.flatMap((row, s) => row.map((value, a) => (value - truth[s][a]) ** 2)).reduce((sum, e) => sum + e, 0);
  for (let update = 1; update < 200_000; update++) {
    const batch = memory.sample(1, random);
    const { observations, actions, rewards, nextObservations, discounts } = batch;
    const [s, a] = [observations[0], actions[0]];
    const next = discounts[0] === 0 ? 0 : discounts[0] * Math.max(...q[nextObservations[0]]);
    const delta = rewards[0] + next - q[s][a];
    q[s][a] += delta / 4;
    if (memory instanceof PrioritizedReplayMemory) memory.updatePriorities(batch, [delta]);
    if (error() / (2 * states) < 1e-3) return update;
  }
  return Number.POSITIVE_INFINITY;
}

describe("Blind Cliffwalk", () => {
  it("needs a third of the updates with prioritized replay", () => {
    const options = { capacity: 4096, observationShape: [1], observationDtype: "float32", gamma } as const;
    const median = (make: () => ReplayMemory) =>
      [0, 1, 2, 3, 4].map((seed) => updatesNeeded(make(), seed)).sort((a, b) => a - b)[2];
    const uniform = median(() => new ReplayMemory(options));
    const prioritized = median(() => new PrioritizedReplayMemory({ ...options, alpha: 1 }));
    expect(uniform).toBeGreaterThan(1000);
    expect(3 * prioritized).toBeLessThan(uniform);
  });
});
