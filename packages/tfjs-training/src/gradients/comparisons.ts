/** Gradients of comparisons, which tfjs does not have. */

import { type GradFunc, getGradient, registerGradient, zeros } from "@tensorflow/tfjs-core";

const comparisons = ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"];

const zeroGradients: GradFunc = (_, [a, b]) => ({ a: () => zeros(a.shape), b: () => zeros(b.shape) });

/**
 * Registers zero gradients for comparisons, on all backends: without them tfjs refuses to differentiate
 * `where(greater(x, 0), f(x), g(x))`. (tfjs's own gradient of
 * `GreaterEqual` fails for integers and is replaced.) Calling it again has no effect.
 */
export function registerComparisonGradients(): void {
  for (const kernelName of comparisons) {
    if (getGradient(kernelName)?.gradFunc === zeroGradients) continue;
    registerGradient({ kernelName, inputsToSave: ["a", "b"], gradFunc: zeroGradients });
  }
}
