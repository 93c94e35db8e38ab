/** Parts shared by the LTC's two shaders, other than their code. */

import { placeCourse } from "./course.js";
import { listPlaces, parameterPlaces } from "./ltc-synapses.js";
import type { LTCModel, LTCSizes } from "./ltc-task.js";
import type { ScanShader } from "./scan-shader.js";

/** Properties of one of the two passes. */
export interface LTCPass {
  /** Cache key of the code. */
  key: string;
  /** WGSL code. */
  code: string;
  /** Size of the output. */
  size: number;
  /** Number of neurons or inputs by which the synapses from inputs are listed. */
  sensoryOwners: number;
  /** Offsets of the parts of the output, and the other uniforms of the code. */
  places: Record<string, number>;
}

/** Runs a pass over one batch as a shader, with one workgroup per sequence. */
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
