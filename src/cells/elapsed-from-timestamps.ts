/** Converts timestamps of observations to elapsed times between them. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";

/** Options of {@link elapsedFromTimestamps}. */
export interface TimestampOptions {
  /**
   * Last timestamp before each sequence, `[batch]`: that of the previous chunk, if a
   * sequence continues. Default: the first timestamp itself.
   */
  previous?: readonly number[];
  /** Length of one unit of the cell's time, e.g. 1000 for seconds from milliseconds; default 1. */
  unit?: number;
}

const names = optionNames<TimestampOptions>({
  previous: true,
  unit: true,
});

/**
 * Elapsed times `[batch, time]` of irregularly sampled sequences, for the `elapsed` option of every cell. The
 * first step of a sequence has 0, meaning that no time has passed. The subtraction is done in double
 * precision: in float32 milliseconds since 1970 would be wrong by a minute.
 *
 * @param timestamps `[batch, time]`, increasing along each sequence; padding repeats the last one
 * @throws InvalidArgumentError when a time is not finite or is before the previous one
 * @throws ShapeError when the rows differ in length, or the length of `previous` is not the batch size
 *
 * @example
 * ```ts
 * elapsedFromTimestamps([[0, 0.5, 2]]); // [[0, 0.5, 1.5]]
 * ```
 */
export function elapsedFromTimestamps(
  timestamps: readonly (readonly number[])[],
  options: TimestampOptions = {},
): number[][] {
  checkOptions("elapsedFromTimestamps", options, names);
  const { previous, unit = 1 } = options;
  if (!(unit > 0 && Number.isFinite(unit))) {
    throw new InvalidArgumentError("unit", `expected a positive finite number, received ${unit}`);
  }
  if (previous && previous.length !== timestamps.length) {
    throw new ShapeError("previous", `[${timestamps.length}]`, [previous.length]);
  }
  const steps = timestamps[0]?.length ?? 0;
  return timestamps.map((row, i) => {
    if (row.length !== steps || steps === 0) {
      const hint = "Pad shorter sequences with their last time and mask the steps.";
      throw new ShapeError(`timestamps[${i}]`, `[${steps || "at least 1"}]`, [row.length], hint);
    }
    let last = previous ? previous[i] : row[0];
    return row.map((time, step) => {
      const elapsed = (time - last) / unit;
      if (!(elapsed >= 0 && Number.isFinite(elapsed))) {
        const message = `expected a finite time not before ${last}, received ${time}`;
        throw new InvalidArgumentError(`timestamps[${i}][${step}]`, message);
      }
      last = time;
      return elapsed;
    });
  });
}
