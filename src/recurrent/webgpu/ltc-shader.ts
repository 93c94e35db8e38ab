/** What the LTC's two shaders have in common beside their code. */

import { placeCourse } from "./course.js";
import { listPlaces, parameterPlaces } from "./ltc-synapses.js";
import type { LTCModel, LTCSizes } from "./ltc-task.js";
import type { ScanShader } from "./scan-shader.js";

/** What one pass has of its own. */
export interface LTCPass {
  /** Stands for the code. */
  key: string;
  /** WGSL. */
  code: string;
  /** Numbers in the output. */
  size: number;
  /** Neurons or inputs by which the synapses from inputs are listed. */
  sensoryOwners: number;
  /** Where the parts of the output begin, and what else the code reads. */
  places: Record<string, number>;
}

/** A pass over one batch as a shader: a workgroup for each sequence. */
export function ltcShader(
  model: LTCModel,
  sizes: LTCSizes,
  time: number,
  { key, code, size, sensoryOwners, places }: LTCPass,
): ScanShader {
  const { units, lanes } = model;
  const { inner, sensory } = sizes;
  const { innerAt, sensoryAt } = parameterPlaces(units, inner, sensory);
  return {
    key,
    code,
    size,
    groups: sizes.batch,
    lanes,
    integers: {
      ...sizes,
      ...placeCourse(model, sizes).places,
      ...listPlaces(units, sensoryOwners, inner),
      innerAt,
      sensoryAt,
      ...places,
    },
    time,
  };
}
