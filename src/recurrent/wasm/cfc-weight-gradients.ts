/** Gradients of a CfC's weights, from those of its pre-activations. */

import type { Arena, WasmBackend } from "tfjs-training/wasm";
import { gemm } from "tfjs-training/wasm";
import { type CfCTask, headLayout } from "./cfc-layout.js";
import type { CfCBackwardTargets } from "./cfc-targets.js";
import { kernelsOf } from "./kernels.js";

/** What the passes leave behind, as byte addresses; what meets in one product has its rows in one order. */
export interface CfCGradientSources {
  /** Gradients of each layer's pre-activations `[rows, width]`; of the first in the order of the inputs. */
  deltas: readonly number[];
  /** Their columns: those of the weights, or padded; a gate of one time for all steps is a single head. */
  widths: readonly number[];
  /** The states that the steps take `[rows, consumedWidth]`. */
  consumed: number;
  /** The units, padded or not. */
  consumedWidth: number;
  /** Activations of each backbone layer `[rows, width]`. */
  z: readonly number[];
}

/** Writes the gradients of kernels and biases, and that of the first pre-activations where it is not in its place. */
export function weightGradients(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCBackwardTargets,
  { deltas, widths, consumed, consumedWidth, z }: CfCGradientSources,
): void {
  const kernels = kernelsOf(backend);
  const { features, units, x, layers } = task;
  const rows = task.batch * task.steps;
  const layout = headLayout(task);
  layers.forEach(({ inputs, outputs, factors }, index) => {
    const [delta, width] = [deltas[index], widths[index]];
    const isHeads = index === layers.length - 1;
    const heads = isHeads ? layout.heads : 1;
    const folds = isHeads && layout.folds;
    const plain = !folds && width === outputs && factors === 0;
    const target = targets.layers[index];
    const kernel = plain ? target.kernel : arena.floats(inputs * width);
    const bias = plain ? target.bias : arena.floats(width);
    const product = { n: width, k: rows, b: delta, transposeA: true };
    if (index === 0) {
      gemm(backend, { ...product, m: features, a: x, c: kernel });
      const c = kernel + features * width * 4;
      gemm(backend, { ...product, m: units, a: consumed, lda: consumedWidth, c });
    } else {
      gemm(backend, { ...product, m: inputs, a: z[index - 1], lda: widths[index - 1], c: kernel });
    }
    kernels.columnSum(delta, bias, rows, width);
    if (plain) return;
    const padded = width / (folds ? layout.kept : heads);
    const unpad = (from: number, scale: number, to: number, count: number) =>
      kernels.unpadHeads(from, scale, to, count, heads, outputs / heads, padded, folds, layout.rate);
    unpad(kernel, factors, target.kernel, inputs);
    unpad(bias, 0, target.bias, 1);
    if (index === 0 && targets.delta) unpad(delta, 0, targets.delta, rows);
  });
}
