import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/random.js";
import { standardize } from "../../../../src/losses/index.js";
import { RolloutBuffer } from "../../../../src/memory/index.js";
import {
  countSteps,
  cutShares,
  minibatchAdvantages,
  placeAdvantages,
} from "../../../../src/trainers/ppo/learners/shares.js";

const sequences = (...lengths: number[]) => ({
  starts: Int32Array.from(lengths, (_, i) => 10 * i),
  lengths: Int32Array.from(lengths),
});

describe("cutShares", () => {
  it.each<[number[], number, number[]]>([
    [[1, 1, 1, 1], 2, [2, 2]],
    [[1, 1, 1, 1, 1], 2, [2, 3]],
    [[20, 20, 20, 3], 2, [2, 2]],
    [[9, 1, 1, 1], 2, [1, 3]],
    [[5], 2, [0, 1]],
    [[5, 5], 4, [0, 1, 0, 1]],
  ])("cuts %j for %d learners", (lengths, count, expected) => {
    expect(cutShares(sequences(...lengths), count).map((share) => share.lengths.length)).toEqual(expected);
  });

  it("keeps every sequence once, in order, in shares that differ by at most one sequence", () => {
    const random = new Random(1);
    for (let i = 0; i < 200; i++) {
      const all = sequences(...Array.from({ length: 1 + random.integer(30) }, () => 1 + random.integer(20)));
      const count = 1 + random.integer(5);
      const shares = cutShares(all, count);
      expect(shares.flatMap(({ starts }) => Array.from(starts))).toEqual(Array.from(all.starts));
      expect(shares.flatMap(({ lengths }) => Array.from(lengths))).toEqual(Array.from(all.lengths));
      const longest = Math.max(...all.lengths);
      for (const share of shares) {
        expect(Math.abs(countSteps(share) - countSteps(all) / count)).toBeLessThanOrEqual(longest);
      }
    }
  });
});

describe("advantages of a minibatch", () => {
  it("are standardised over all shares and placed at the real steps of each", () => {
    const buffer = new RolloutBuffer({
      numEnvs: 2,
      numSteps: 20,
      observationShape: [1],
      observationDtype: "float32",
      distributionSize: 2,
    });
    buffer.advantages.set(Array.from({ length: 40 }, (_, i) => Math.sin(i)));
    const whole = { starts: Int32Array.of(20, 3, 30), lengths: Int32Array.of(4, 2, 5) };
    const real = whole.starts.reduce<number[]>(
      (all, start, i) => all.concat(Array.from(buffer.advantages.subarray(start, start + whole.lengths[i]))),
      [],
    );
    const expected = standardize(Float32Array.from(real), { epsilon: 1e-8 });
    const all = minibatchAdvantages(buffer, whole, { epsilon: 1e-8 });
    expect(all).toEqual(expected);
    expect(minibatchAdvantages(buffer, whole)).toEqual(Float32Array.from(real));
    const share = { starts: whole.starts.slice(0, 2), lengths: whole.lengths.slice(0, 2) };
    const gathered = buffer.gather(share);
    placeAdvantages(gathered, share, all.subarray(0, 6));
    expect(gathered.advantages).toEqual(Float32Array.of(...expected.subarray(0, 6), 0, 0));
  });
});
