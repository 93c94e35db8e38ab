import { describe, expect, it } from "vitest";
import { Barrier } from "../../../../src/trainers/ppo/learners/barrier.js";

/** One view for each learner, as on separate threads. */
const views = (learners: number) => {
  const memory = Barrier.allocate(learners);
  return Array.from({ length: learners }, () => new Barrier(memory, learners));
};

describe("Barrier", () => {
  it("is complete when all have arrived, at every point", () => {
    const [first, second, third] = views(3);
    first.arrive(0);
    expect(first.missing(0)).toEqual([1, 2]);
    second.arrive(1);
    expect(third.missing(0)).toEqual([2]);
    third.arrive(2);
    expect([first.missing(0), second.missing(1), third.missing(2)]).toEqual([[], [], []]);
    third.arrive(2); // is at the next one already
    expect(first.missing(0)).toEqual([]);
    expect(third.missing(2)).toEqual([0, 1]);
  });

  it("counts calls, and knows who has left", () => {
    const [first, second] = views(2);
    first.call();
    first.call();
    expect(second.calls).toBe(2);
    expect(first.hasLeft(1)).toBe(false);
    second.leave(1);
    expect([first.hasLeft(0), first.hasLeft(1)]).toEqual([false, true]);
  });

  it("ends all waiting once it is closed", () => {
    const [first, second] = views(2);
    first.close();
    expect(second.closed).toBe(true);
    expect(second.arriveAndWait(1)).toBe(false);
  });

  it("does not block if something has happened since the version was read", () => {
    const [first, second] = views(2);
    const { version } = first;
    second.arrive(1);
    const began = performance.now();
    first.wait(version, 5000);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(first.version).not.toBe(version);
  });

  it("waits without blocking the event loop until it is woken, or the time is over", async () => {
    const [first, second] = views(2);
    const began = performance.now();
    setTimeout(() => second.arrive(1), 20);
    await first.waitAsync(first.version, 5000);
    expect(first.missing(0)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(3000);
    await first.waitAsync(first.version, 10);
  });
});
