/** Inputs that accompany a sequence: the initial state, elapsed times, resets and mask, in one array. */

import { Regions } from "./scan-shader.js";

/** Which parts are present. */
export interface CourseModel {
  /** Size of the state. */
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

/** Names of the parts, in order. */
export const courseNames = ["state", "elapsed", "resets", "mask"] as const;

/** Offsets of `state | elapsed | resets | mask`, and `regions`, to which more can be added. */
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
