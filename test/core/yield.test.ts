import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const fresh = () => import("../../src/core/yield.js");

describe("yieldToEventLoop", () => {
  it("lets timers and messages run", async () => {
    const { yieldToEventLoop } = await fresh();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const end = performance.now() + 5000;
    while (ticks < 3 && performance.now() < end) await yieldToEventLoop();
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(3);
  });

  it("uses messages, not setTimeout, where there is no setImmediate", async () => {
    vi.stubGlobal("setImmediate", undefined);
    vi.stubGlobal("setTimeout", () => {
      throw new Error("held back in hidden tabs");
    });
    const { yieldToEventLoop } = await fresh();
    const order: string[] = [];
    const first = yieldToEventLoop().then(() => order.push("first"));
    const second = yieldToEventLoop().then(() => order.push("second"));
    queueMicrotask(() => order.push("microtask"));
    await Promise.all([first, second]);
    expect(order).toEqual(["microtask", "first", "second"]);
  });
});

describe("EventLoopTurns", () => {
  it("is due only after its share of work", async () => {
    const { EventLoopTurns } = await fresh();
    const turns = new EventLoopTurns(20);
    expect(turns.due).toBe(false);
    for (const end = performance.now() + 25; performance.now() < end; );
    expect(turns.due).toBe(true);
    await turns.give();
    expect(turns.due).toBe(false);
  });
});
