/** Rollout buffers in memory that all learners share. */

import { createTypedArray, type DType, type TypedArray } from "../../../core/state.js";
import { RolloutBuffer, type RolloutBufferOptions } from "../../../memory/index.js";
import type { SharedRollout } from "./learner-setup.js";

type ArrayClass = new (memory: SharedArrayBuffer) => TypedArray;

/** Creates a rollout buffer whose arrays are in shared memory. */
export function shareRollout(options: Omit<RolloutBufferOptions, "allocate">): {
  buffer: RolloutBuffer;
  shared: SharedRollout;
} {
  const memory: SharedArrayBuffer[] = [];
  const allocate = (dtype: DType, length: number) => {
    const bytes = new SharedArrayBuffer(length * createTypedArray(dtype, 0).BYTES_PER_ELEMENT);
    memory.push(bytes);
    return viewOf(dtype, bytes);
  };
  return { buffer: new RolloutBuffer({ ...options, allocate }), shared: { options, memory } };
}

/** The same rollout buffer on another thread. */
export function attachRollout({ options, memory }: SharedRollout): RolloutBuffer {
  let next = 0;
  return new RolloutBuffer({ ...options, allocate: (dtype) => viewOf(dtype, memory[next++]) });
}

function viewOf(dtype: DType, memory: SharedArrayBuffer): TypedArray {
  return new (createTypedArray(dtype, 0).constructor as ArrayClass)(memory);
}
