/** Frees the outputs that a kernel allocated before it threw; tfjs does not track them. */

import type { WasmBackend } from "./heap.js";

// Data of the tensors that the running kernel has created.
let made: object[] | undefined;
const recorded = new WeakSet<WasmBackend>();

/** Wraps a kernel so that its tensors are freed from the backend when it throws, e.g. because the memory is full. */
export function freesOnFailure<Call extends { backend: WasmBackend }, Output>(
  kernel: (call: Call) => Output,
): (call: Call) => Output {
  return (call) => {
    const { backend } = call;
    record(backend);
    const outer = made;
    const own: object[] = [];
    made = own;
    try {
      const output = kernel(call);
      outer?.push(...own);
      return output;
    } catch (error) {
      for (const dataId of own) backend.disposeData(dataId, true);
      throw error;
    } finally {
      made = outer;
    }
  };
}

// Stock kernels create their tensors in the same way.
function record(backend: WasmBackend): void {
  if (recorded.has(backend)) return;
  recorded.add(backend);
  const makeOutput = backend.makeOutput;
  backend.makeOutput = (...given) => {
    const tensor = makeOutput.apply(backend, given);
    made?.push(tensor.dataId);
    return tensor;
  };
}
