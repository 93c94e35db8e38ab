import { describe, expect, it } from "vitest";
import { epsilonSchedule } from "../../../src/trainers/dqn/epsilon-schedule.js";

const at = (schedule: ReturnType<typeof epsilonSchedule>, ...steps: number[]) =>
  steps.map((step) => Math.round(1e6 * schedule.value(step)) / 1e6);

describe("epsilonSchedule", () => {
  it("stays, falls on a line, and stays", () => {
    const schedule = epsilonSchedule({ delay: 100, steps: 200, final: 0.2 });
    expect(at(schedule, 0, 100, 200, 300, 1e6)).toEqual([1, 1, 0.6, 0.2, 0.2]);
    expect(at(epsilonSchedule({ steps: 10, initial: 0.5, final: 0 }), 0, 5, 10)).toEqual([0.5, 0.25, 0]);
  });

  it("as published ends at its number of steps with a jump, since the delay was forgotten", () => {
    const schedule = epsilonSchedule({ delay: 50_000, steps: 500_000, asPublished: true });
    expect(at(schedule, 50_000, 275_000)).toEqual([1, 1 - (225_000 / 500_000) * 0.9]);
    expect(at(schedule, 499_999)[0]).toBeCloseTo(0.19, 4);
    expect(at(schedule, 500_000)).toEqual([0.1]);
    const without = epsilonSchedule({ steps: 100, asPublished: true });
    expect(at(without, 0, 50, 100)).toEqual(at(epsilonSchedule({ steps: 100 }), 0, 50, 100));
  });
});
