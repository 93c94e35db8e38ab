import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import {
  constantSchedule,
  linearSchedule,
  piecewiseSchedule,
  type ScheduleSpec,
  toSchedule,
} from "../../src/core/schedules.js";

describe("schedules", () => {
  it("constant", () => {
    for (const x of [-1, 0, 0.5, 1, 1e9]) expect(constantSchedule(0.3).value(x)).toBe(0.3);
  });

  it("linear, clamped on both sides and exact at its end", () => {
    const schedule = linearSchedule({ initial: 0.1, final: 0.3 });
    expect(schedule.value(0)).toBe(0.1);
    expect(schedule.value(0.5)).toBeCloseTo(0.2, 15);
    expect(schedule.value(1)).toBe(0.3);
    expect(schedule.value(-1)).toBe(0.1);
    expect(schedule.value(2)).toBe(0.3);
    expect(linearSchedule({ initial: 1, final: 0.01, end: 0.1 }).value(0.05)).toBeCloseTo(0.505, 15);
  });

  it("piecewise: the exploration schedule of Nature DQN", () => {
    const schedule = piecewiseSchedule([
      [0, 1],
      [25_000, 0.1],
      [500_000, 0.01],
    ]);
    const golden = [
      [0, 1],
      [12_500, 0.55],
      [25_000, 0.1],
      [262_500, 0.055],
      [500_000, 0.01],
      [-5, 1],
      [1e9, 0.01],
    ];
    for (const [x, y] of golden) expect(schedule.value(x)).toBeCloseTo(y, 14);
  });

  it("piecewise with one point is constant", () => {
    const schedule = piecewiseSchedule([[3, 7]]);
    expect([0, 3, 9].map((x) => schedule.value(x))).toEqual([7, 7, 7]);
  });

  it("toSchedule accepts every form of the option", () => {
    const own = { value: (x: number) => x * x, toJSON: () => ({ kind: "constant", value: 0 }) as const };
    expect(toSchedule(0.2).value(0.7)).toBe(0.2);
    expect(toSchedule("lin_2.5e-4").value(0)).toBe(2.5e-4);
    expect(toSchedule("lin_2.5e-4").value(0.5)).toBeCloseTo(1.25e-4, 18);
    expect(toSchedule("lin_2.5e-4").value(1)).toBe(0);
    expect(toSchedule(own)).toBe(own);
  });

  it("round trip through JSON", () => {
    const all = [
      constantSchedule(2),
      linearSchedule({ initial: 1, final: 0.5, end: 3 }),
      piecewiseSchedule([
        [0, 1],
        [2, 5],
      ]),
    ];
    for (const schedule of all) {
      const back = toSchedule(JSON.parse(JSON.stringify(schedule)) as ScheduleSpec);
      for (const x of [0, 0.3, 1, 1.7, 2, 4]) expect(back.value(x)).toBe(schedule.value(x));
    }
  });

  it("copies the points", () => {
    const points: [number, number][] = [
      [0, 1],
      [1, 0],
    ];
    const schedule = piecewiseSchedule(points);
    points[0][1] = 100;
    expect(schedule.value(0)).toBe(1);
  });

  it.each<[string, () => unknown]>([
    ["NaN constant", () => constantSchedule(Number.NaN)],
    ["end 0", () => linearSchedule({ initial: 1, final: 0, end: 0 })],
    ["infinite final", () => linearSchedule({ initial: 1, final: Number.NEGATIVE_INFINITY })],
    ["no points", () => piecewiseSchedule([])],
    [
      "unsorted points",
      () =>
        piecewiseSchedule([
          [1, 0],
          [0, 1],
        ]),
    ],
    [
      "the same x twice",
      () =>
        piecewiseSchedule([
          [1, 0],
          [1, 1],
        ]),
    ],
    ["unknown string", () => toSchedule("cos_1")],
    ["lin_ without number", () => toSchedule("lin_abc")],
    ["lin_ alone", () => toSchedule("lin_")],
    ["null", () => toSchedule(null as unknown as ScheduleSpec)],
    ["unknown kind", () => toSchedule({ kind: "cosine" } as unknown as ScheduleSpec)],
    ["NaN progress, constant", () => constantSchedule(1).value(Number.NaN)],
    ["NaN progress, linear", () => linearSchedule({ initial: 1, final: 0 }).value(Number.NaN)],
    ["NaN progress, piecewise", () => piecewiseSchedule([[0, 1]]).value(Number.NaN)],
  ])("rejects %s", (_, act) => {
    expect(act).toThrow(InvalidArgumentError);
  });
});
