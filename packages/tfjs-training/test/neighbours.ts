/** Checks that a kernel does not write to other memory. */

import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/** Runs `f` on wasm with its small results allocated between other tensors, and expects those unchanged. */
export async function expectNeighboursUntouched(f: () => tf.Tensor): Promise<void> {
  await tf.setBackend("wasm");
  const tensors = Array.from({ length: 60 }, () => tf.fill([3], 1.5));
  const [gone, kept] = [0, 1].map((rest) => tensors.filter((_, i) => i % 2 === rest));
  tf.dispose(gone);
  const results = Array.from({ length: 40 }, () => tf.tidy(f));
  for (const tensor of kept) expect(Array.from(tensor.dataSync())).toEqual([1.5, 1.5, 1.5]);
  tf.dispose([kept, results]);
}
