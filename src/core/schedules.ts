/** Schedules: values that change over training, such as learning rates, clip ranges and exploration rates. */

import { checkOptions, optionNames } from "./check-options.js";
import { InvalidArgumentError } from "./errors.js";

/** A value as a function of training progress. */
export interface Schedule {
  /**
   * The value at `x`. Trainers pass the progress of training, 0 at the start and 1 at
   * the end; a schedule may also be a function of steps or updates.
   *
   * @throws InvalidArgumentError when `x` is NaN
   */
  value(x: number): number;
  /** A plain description that {@link toSchedule} converts back to the schedule. */
  toJSON(): ScheduleJSON;
}

/** Plain description of a {@link Schedule}. */
export type ScheduleJSON = ConstantScheduleJSON | LinearScheduleJSON | PiecewiseScheduleJSON;

/** Description of a {@link constantSchedule}. */
export interface ConstantScheduleJSON {
  /** Discriminator. */
  kind: "constant";
  /** The value everywhere. */
  value: number;
}

/** Description of a {@link linearSchedule}. */
export interface LinearScheduleJSON extends LinearScheduleOptions {
  /** Discriminator. */
  kind: "linear";
}

/** Description of a {@link piecewiseSchedule}. */
export interface PiecewiseScheduleJSON {
  /** Discriminator. */
  kind: "piecewise";
  /** Pairs `[x, value]` with increasing `x`. */
  points: [number, number][];
}

/**
 * What an option that takes a schedule accepts: a number (constant), `"lin_2.5e-4"` (from 2.5e-4
 * down to 0 over training, as in the RL Zoo of Stable-Baselines3), a description or a schedule.
 */
export type ScheduleSpec = number | string | ScheduleJSON | Schedule;

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Value at `x = 0`. */
  initial: number;
  /** Value at `x = end` and after it. */
  final: number;
  /** Where the final value is reached, default 1; positive. */
  end?: number;
}

const linearNames = optionNames<LinearScheduleOptions>({
  initial: true,
  final: true,
  end: true,
});

/**
 * A constant schedule.
 *
 * @throws InvalidArgumentError when the value is not finite
 */
export function constantSchedule(value: number): Schedule {
  finite("value", value);
  return {
    value: (x) => {
      known(x);
      return value;
    },
    toJSON: () => ({ kind: "constant", value }),
  };
}

/**
 * A linear schedule from `initial` at 0 to `final` at `end`, constant outside.
 *
 * @example
 * ```ts
 * const epsilon = linearSchedule({ initial: 1, final: 0.01, end: 0.1 });
 * epsilon.value(0.05); // 0.505
 * ```
 * @throws InvalidArgumentError when a number is not finite or `end` is not positive
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  checkOptions("linearSchedule", options, linearNames);
  const { initial, final, end = 1 } = options;
  finite("initial", initial);
  finite("final", final);
  finite("end", end);
  if (end <= 0) throw new InvalidArgumentError("end", `expected a positive number, received ${end}`);
  return {
    value: (x) => between(known(x), 0, initial, end, final),
    toJSON: () => ({ kind: "linear", initial, final, end }),
  };
}

/**
 * A piecewise linear schedule through the given points, constant before the first and after the last.
 *
 * @param points pairs `[x, value]` with increasing `x`, at least one
 * @example
 * ```ts
 * const epsilon = piecewiseSchedule([[0, 1], [25_000, 0.1], [500_000, 0.01]]);
 * epsilon.value(12_500); // 0.55
 * ```
 * @throws InvalidArgumentError when there is no point, `x` does not increase, or a number is not finite
 */
export function piecewiseSchedule(points: readonly (readonly [number, number])[]): Schedule {
  if (!Array.isArray(points) || points.length === 0) {
    throw new InvalidArgumentError("points", "expected at least one pair [x, value]");
  }
  const kept = points.map(([x, y], i): [number, number] => {
    finite(`points[${i}][0]`, x);
    finite(`points[${i}][1]`, y);
    if (i > 0 && x <= points[i - 1][0]) {
      throw new InvalidArgumentError(
        `points[${i}][0]`,
        `expected more than ${points[i - 1][0]}, received ${x}. Sort the points by x`,
      );
    }
    return [x, y];
  });
  return {
    value: (x) => {
      const right = kept.findIndex((point) => known(x) <= point[0]);
      if (right === 0) return kept[0][1];
      if (right < 0) return kept[kept.length - 1][1];
      return between(x, ...kept[right - 1], ...kept[right]);
    },
    toJSON: () => ({ kind: "piecewise", points: kept.map(([x, y]) => [x, y]) }),
  };
}

/**
 * Converts the value of an option to a schedule.
 *
 * @example
 * ```ts
 * toSchedule(0.1).value(0.5);          // 0.1
 * toSchedule("lin_2.5e-4").value(0.5); // 1.25e-4
 * ```
 * @throws InvalidArgumentError when the specification has none of the known forms
 */
export function toSchedule(spec: ScheduleSpec): Schedule {
  if (typeof spec === "number") return constantSchedule(spec);
  if (typeof spec === "string") {
    const initial = /^lin_\S+$/.test(spec) ? Number(spec.slice(4)) : Number.NaN;
    if (Number.isFinite(initial)) return linearSchedule({ initial, final: 0 });
    throw unknownForm(JSON.stringify(spec));
  }
  if (spec && "kind" in spec) {
    if (spec.kind === "constant") return constantSchedule(spec.value);
    if (spec.kind === "linear") {
      const { initial, final, end } = spec;
      return linearSchedule({ initial, final, end });
    }
    if (spec.kind === "piecewise") return piecewiseSchedule(spec.points);
  }
  if (spec && "value" in spec && typeof spec.value === "function") return spec;
  throw unknownForm(JSON.stringify(spec) ?? String(spec));
}

// Exactly `y1` from `x1` on, so that a schedule ends at the requested value.
function between(x: number, x0: number, y0: number, x1: number, y1: number): number {
  if (x <= x0) return y0;
  if (x >= x1) return y1;
  return y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
}

function known(x: number): number {
  if (Number.isNaN(x)) throw new InvalidArgumentError("x", "expected a number, received NaN");
  return x;
}

function finite(name: string, value: unknown): void {
  if (!Number.isFinite(value)) {
    throw new InvalidArgumentError(name, `expected a finite number, received ${value}`);
  }
}

function unknownForm(received: string): InvalidArgumentError {
  return new InvalidArgumentError(
    "schedule",
    `expected a number, "lin_<initial value>", a description as toJSON() gives it, or a Schedule; received ${received}`,
  );
}
