import { describe, expect, it } from "vitest";
import { EpisodeWindow, withSuccesses } from "../../src/core/episode-window.js";
import { InvalidArgumentError } from "../../src/core/errors.js";
import type { StateRecord } from "../../src/core/state.js";

describe("EpisodeWindow", () => {
  it("computes the success rate of the last episodes that reported it, and saves it in its state", () => {
    const window = new EpisodeWindow({ size: 3 });
    expect(window.successRate).toBeNaN();
    for (const success of [false, true, true, false]) window.addSuccess(success);
    expect(window.successRate).toBeCloseTo(2 / 3);
    const next = new EpisodeWindow({ size: 3 });
    next.setState(window.getState());
    expect(next.successRate).toBeCloseTo(2 / 3);
    const { successes, ...old } = next.getState();
    expect(successes).toEqual([1, 1, 0]);
    next.setState(withSuccesses(old) as StateRecord);
    expect(next.successRate).toBeNaN();
    window.clear();
    expect([window.count, window.meanReturn, window.successRate]).toEqual([0, Number.NaN, Number.NaN]);
  });

  it("is NaN while empty", () => {
    const window = new EpisodeWindow();
    expect(window.meanReturn).toBeNaN();
    expect(window.meanLength).toBeNaN();
    expect(window.count).toBe(0);
  });

  it("averages the last episodes only and counts all", () => {
    const window = new EpisodeWindow({ size: 3 });
    window.add({ return: 1, length: 10 });
    window.add({ return: 2, length: 20 });
    expect([window.meanReturn, window.meanLength, window.count]).toEqual([1.5, 15, 2]);
    for (const n of [3, 4, 5]) window.add({ return: n, length: 10 * n });
    expect([window.meanReturn, window.meanLength, window.count]).toEqual([4, 40, 5]);
  });

  it("covers 100 episodes by default", () => {
    const window = new EpisodeWindow();
    for (let i = 0; i < 150; i++) window.add({ return: i, length: 1 });
    expect(window.meanReturn).toBe((50 + 149) / 2);
    expect(window.count).toBe(150);
  });

  it("continues from a saved state", () => {
    const one = new EpisodeWindow({ size: 4 });
    for (let i = 0; i < 6; i++) one.add({ return: i / 3, length: i });
    const state = one.getState();
    const two = new EpisodeWindow({ size: 4 });
    two.setState(state);
    for (const window of [one, two]) window.add({ return: 0.7, length: 9 });
    expect(two.getState()).toEqual(one.getState());
    expect(two.meanReturn).toBe(one.meanReturn);
    expect(state.episodes).toBe(6);
  });

  it("rejects invalid sizes and states of another window", () => {
    expect(() => new EpisodeWindow({ size: 0 })).toThrow(InvalidArgumentError);
    expect(() => new EpisodeWindow({ size: 1.5 })).toThrow(InvalidArgumentError);
    expect(() => new EpisodeWindow({ size: 3 }).setState(new EpisodeWindow().getState())).toThrow(
      /another size/,
    );
  });
});
