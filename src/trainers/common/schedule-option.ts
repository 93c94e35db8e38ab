/** Validation of schedules passed as trainer options. */

import { InvalidArgumentError } from "../../core/errors.js";
import { type Schedule, type ScheduleJSON, type ScheduleSpec, toSchedule } from "../../core/schedules.js";

/** Requirements of {@link scheduleOption}. */
export interface ScheduleOptionRules {
  /** Whether values may be negative, default false. */
  negative?: boolean;
  /** The independent variable, default the training's progress 0..1. */
  over?: "progress" | "steps";
}

/**
 * Returns the schedule that an option describes. Its values are checked now at the start, the end and the corners
 * of its lines, and later at every evaluation, before they can affect a step.
 *
 * @param name name of the option, for errors
 * @throws InvalidArgumentError when a value is negative or not finite, or when the schedule cannot describe itself,
 *   so that no checkpoint could contain it
 */
export function scheduleOption(
  name: string,
  spec: ScheduleSpec,
  { negative = false, over = "progress" }: ScheduleOptionRules = {},
): Schedule {
  const schedule = toSchedule(spec);
  const least = negative ? -Number.MAX_VALUE : 0;
  const checked: Schedule = {
    value: (x) => {
      const value = schedule.value(x);
      if (value >= least && value <= Number.MAX_VALUE) return value;
      const expected = negative ? "a finite number" : "a finite number of at least 0";
      throw new InvalidArgumentError(
        name,
        `expected ${expected} everywhere, received ${value} at ${over} ${x}`,
      );
    },
    toJSON: () => schedule.toJSON(),
  };
  const corners = cornersOf(describe(name, schedule)).filter((x) => x >= 0);
  const reached = over === "progress" ? [...corners.filter((x) => x < 1), 1] : corners;
  for (const x of [0, ...reached]) checked.value(x);
  return checked;
}

function describe(name: string, schedule: Schedule): ScheduleJSON {
  try {
    const description = schedule.toJSON();
    toSchedule(description);
    return description;
  } catch (cause) {
    throw new InvalidArgumentError(
      name,
      "expected a schedule whose toJSON() gives a description that toSchedule() knows, for checkpoints; " +
        "describe your own curve by points, as piecewiseSchedule does",
      { cause },
    );
  }
}

function cornersOf(description: ScheduleJSON): number[] {
  if (description.kind === "piecewise") return description.points.map(([x]) => x);
  return description.kind === "linear" ? [description.end ?? 1] : [];
}
