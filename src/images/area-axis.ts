/** Weights of the input pixels for each output pixel along one axis. */

/**
 * One axis of an area resize: output `i` covers the input interval `[i * scale, (i + 1) * scale)`.
 *
 * `first`, `taps` and `weights` are OpenCV's: `weights[i * maxTaps + k]` is the weight (float32, they sum
 * to about 1) of input `first[i] + k`. With `scale = unitsPerOutput / unitsPerInput` in lowest terms, borders
 * of outputs are at whole units, which {@link PackedArea} uses to compute exactly.
 */
export interface AreaAxis {
  /** Number of input pixels. */
  readonly inputSize: number;
  /** Number of output pixels, at most `inputSize`. */
  readonly outputSize: number;
  /** Units per output pixel: `inputSize / gcd`. */
  readonly unitsPerOutput: number;
  /** Units per input pixel: `outputSize / gcd`. */
  readonly unitsPerInput: number;
  /** Index of the first input of every output. */
  readonly first: Int32Array;
  /** Number of inputs of every output. */
  readonly taps: Int32Array;
  /** Stride of `weights`. */
  readonly maxTaps: number;
  /** Weights, `[outputSize, maxTaps]`. */
  readonly weights: Float32Array;
}

// Overlaps below this fraction of a pixel do not count, as in OpenCV.
const LEAST_OVERLAP = 1e-3;

/** Computes the weights for an axis; `1 <= outputSize <= inputSize`. */
export function areaAxis(inputSize: number, outputSize: number): AreaAxis {
  const divisor = greatestCommonDivisor(inputSize, outputSize);
  const scale = 1 / (outputSize / inputSize);
  const maxTaps = Math.ceil(scale) + 1;
  const first = new Int32Array(outputSize);
  const taps = new Int32Array(outputSize);
  const weights = new Float32Array(outputSize * maxTaps);
  for (let i = 0; i < outputSize; i++) {
    const from = i * scale;
    const to = from + scale;
    const width = Math.min(scale, inputSize - from);
    const lastWhole = Math.min(Math.floor(to), inputSize - 1);
    const firstWhole = Math.min(Math.ceil(from), lastWhole);
    const before = firstWhole - from > LEAST_OVERLAP;
    first[i] = before ? firstWhole - 1 : firstWhole;
    const shares = weights.subarray(i * maxTaps);
    let k = 0;
    if (before) shares[k++] = (firstWhole - from) / width;
    for (let x = firstWhole; x < lastWhole; x++) shares[k++] = 1 / width;
    if (to - lastWhole > LEAST_OVERLAP) shares[k++] = Math.min(to - lastWhole, 1, width) / width;
    taps[i] = k;
  }
  return {
    inputSize,
    outputSize,
    unitsPerOutput: inputSize / divisor,
    unitsPerInput: outputSize / divisor,
    first,
    taps,
    maxTaps,
    weights,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
