import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { wrapperRandom } from "../../src/wrappers/wrapper-random.js";

const first = (random: Random) => [random.uint32(), random.uint32()];

describe("wrapperRandom", () => {
  it("draws the same for the same wrapper and seed", () => {
    expect(first(wrapperRandom("NoopReset", 5))).toEqual(first(wrapperRandom("NoopReset", 5)));
  });

  it("draws differently for other wrappers and seeds, and than the environment with that seed", () => {
    const streams = [
      wrapperRandom("NoopReset", 5),
      wrapperRandom("NoopReset", 6),
      wrapperRandom("StickyAction", 5),
      wrapperRandom("NoopReset5", 5),
      new Random(5),
    ].map((random) => first(random).join());
    expect(new Set(streams).size).toBe(streams.length);
  });
});
