import { describe, expect, it } from "vitest";
import { EpisodeWindow } from "../../../src/core/episode-window.js";
import { recordEpisodes, successOf } from "../../../src/trainers/common/successes.js";
import type { VectorStep } from "../../../src/vector/vector-env.js";

describe("successOf", () => {
  it.each([
    [{}, undefined],
    [{ isSuccess: true }, true],
    [{ is_success: 0 }, false],
    [{ isSuccess: false, is_success: true }, false],
    [{ isSuccess: null }, undefined],
  ])("of %j is %s", (info, expected) => {
    expect(successOf(info)).toBe(expected);
  });
});

describe("recordEpisodes", () => {
  it("counts whole episodes wherever they are reported, and successes where an episode ended", () => {
    const episodes = new EpisodeWindow({ size: 10 });
    const step = {
      infos: [
        { episode: { return: 5, length: 2 }, isSuccess: true },
        { isSuccess: false }, // of an episode that goes on
        { is_success: false },
        { episode: { return: 7, length: 4 } },
      ],
      terminated: Uint8Array.of(1, 0, 0, 1),
      truncated: Uint8Array.of(0, 0, 1, 0),
    } as unknown as VectorStep;
    recordEpisodes(episodes, step);
    expect([episodes.count, episodes.meanReturn, episodes.meanLength]).toEqual([2, 6, 3]);
    expect(episodes.getState().successes).toHaveLength(2);
  });
});
