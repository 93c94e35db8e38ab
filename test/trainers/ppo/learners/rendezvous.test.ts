import { describe, expect, it } from "vitest";
import { Rendezvous } from "../../../../src/trainers/ppo/learners/rendezvous.js";

/** One view for each learner, as on threads of their own. */
const views = (learners: number) => {
  const memory = Rendezvous.allocate(learners);
  return Array.from({ length: learners }, () => new Rendezvous(memory, learners));
};

describe("Rendezvous", () => {
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

  it("lets nobody wait any more once all are dismissed", () => {
    const [first, second] = views(2);
    first.dismiss();
    expect(second.dismissed).toBe(true);
    expect(second.meet(1)).toBe(false);
  });

  it("does not sleep when something has happened since it was looked at", () => {
    const [first, second] = views(2);
    const { seen } = first;
    second.arrive(1);
    const began = performance.now();
    first.sleep(seen, 5000);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(first.seen).not.toBe(seen);
  });

  it("sleeps beside the event loop until it is woken, or its time is over", async () => {
    const [first, second] = views(2);
    const began = performance.now();
    setTimeout(() => second.arrive(1), 20);
    await first.sleepAside(first.seen, 5000);
    expect(first.missing(0)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(3000);
    await first.sleepAside(first.seen, 10);
  });
});
