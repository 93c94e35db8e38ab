import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { constantSchedule, piecewiseSchedule, type ScheduleSpec } from "../../../src/core/schedules.js";
import { scheduleOption } from "../../../src/trainers/common/schedule-option.js";

const dip: ScheduleSpec = {
  kind: "piecewise",
  points: [
    [0, 1],
    [0.5, -1],
    [1, 1],
  ],
};

describe("scheduleOption", () => {
  it("returns the schedule's own values", () => {
    const schedule = scheduleOption("clipRange", "lin_0.2");
    expect([0, 0.25, 1, 2].map((x) => schedule.value(x))).toEqual([0.2, 0.15000000000000002, 0, 0]);
    expect(schedule.toJSON()).toEqual({ kind: "linear", initial: 0.2, final: 0, end: 1 });
  });

  it.each([
    ["between the ends", dip, {}],
    ["at the end", { kind: "linear", initial: 1, final: -1 }, {}],
    [
      "at the end of the training, when the schedule is longer",
      { kind: "linear", initial: 1, final: -9, end: 2 },
      {},
    ],
    ["after many steps", { kind: "linear", initial: 1, final: -1, end: 1e6 }, { over: "steps" }],
  ] as [string, ScheduleSpec, object][])("refuses what is negative %s", (_, spec, rules) => {
    expect(() => scheduleOption("rate", spec, rules)).toThrow(InvalidArgumentError);
    expect(() => scheduleOption("rate", spec, rules)).toThrow(
      /^rate: expected a finite number of at least 0/,
    );
    expect(() => scheduleOption("rate", spec, { ...rules, negative: true })).not.toThrow();
  });

  it("ignores values that are never reached", () => {
    const spec = piecewiseSchedule([
      [-1, -1],
      [0, 1],
      [1, 1],
      [2, -1],
    ]);
    expect(scheduleOption("rate", spec).value(0.5)).toBe(1);
  });

  it.each([-1e-9, Number.NaN, Number.POSITIVE_INFINITY])("rejects %d when it is evaluated later", (wrong) => {
    const { toJSON } = constantSchedule(1);
    const schedule = scheduleOption("rate", { value: (x) => (x === 0.5 ? wrong : 1), toJSON });
    expect(schedule.value(0.4)).toBe(1);
    expect(() => schedule.value(0.5)).toThrow(InvalidArgumentError);
    expect(() => schedule.value(0.5)).toThrow(/^rate: .* at progress 0\.5/);
  });

  it.each([
    ["none", undefined],
    ["one of an unknown form", () => ({ kind: "cosine" })],
  ])("requires a description for checkpoints: %s", (_, toJSON) => {
    const spec = { value: () => 1, toJSON } as unknown as ScheduleSpec;
    expect(() => scheduleOption("rate", spec)).toThrow(InvalidArgumentError);
    expect(() => scheduleOption("rate", spec)).toThrow(/^rate: expected a schedule whose toJSON/);
  });
});
