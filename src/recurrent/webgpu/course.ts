/** What goes along with a sequence: the first state, elapsed times, resets and mask, in one array. */

import { Regions } from "./scan-shader.js";

/** Which parts there are. */
export interface CourseModel {
  /** Numbers in a state. */
  units: number;
  elapsed: boolean;
  resets: boolean;
  mask: boolean;
}

/** Sizes that may change from call to call. */
export interface ScanSizes {
  batch: number;
  steps: number;
}

/** Names of the parts, in their order. */
export const courseNames = ["state", "elapsed", "resets", "mask"] as const;

/** Places of `state | elapsed | resets | mask`, and `regions`, in which more may follow. */
export function placeCourse(
  model: CourseModel,
  { batch, steps }: ScanSizes,
): { places: Record<string, number>; regions: Regions } {
  const regions = new Regions();
  regions.take(batch * model.units);
  const places: Record<string, number> = {};
  for (const name of ["elapsed", "resets", "mask"] as const) {
    if (model[name]) places[`${name}At`] = regions.take(batch * steps);
  }
  return { places, regions };
}
