/** Vector-matrix products in plain arrays. */

import type * as tf from "@tensorflow/tfjs-core";

/** Columns computed in one pass over the inputs. */
const lanes = 8;

/**
 * `y = x kernel + bias` for one vector. Columns are stored in blocks of eight, so that a pass reads memory in order.
 */
export class DenseProduct {
  /** Input `[inputs]`: fill it before calling {@link DenseProduct.run}. */
  readonly x: Float64Array;
  /** Output `[outputs]`, followed by up to seven unused elements. */
  readonly y: Float64Array;
  private readonly kernel: Float64Array;
  private readonly bias: Float64Array;

  /** @param inputs rows of the kernel · @param outputs columns of the kernel */
  constructor(
    readonly inputs: number,
    readonly outputs: number,
  ) {
    const blocks = Math.ceil(outputs / lanes);
    this.x = new Float64Array(inputs);
    this.y = new Float64Array(blocks * lanes);
    this.bias = new Float64Array(blocks * lanes);
    this.kernel = new Float64Array(blocks * lanes * inputs);
  }

  /** Copies weights: kernels `[rows, outputs]` stacked vertically, and the bias `[outputs]`. */
  load(kernels: readonly ArrayLike<number>[], bias: ArrayLike<number>): void {
    const { inputs, outputs } = this;
    let row = 0;
    for (const kernel of kernels) {
      const rows = kernel.length / outputs;
      for (let i = 0; i < rows; i++, row++) {
        for (let j = 0; j < outputs; j++) {
          const block = Math.floor(j / lanes);
          this.kernel[(block * inputs + row) * lanes + (j % lanes)] = kernel[i * outputs + j];
        }
      }
    }
    this.bias.set(bias);
  }

  /** Computes `y`. */
  run(): void {
    multiply(this.x, this.kernel, this.bias, this.y);
  }
}

// Eight independent sums keep the processor's adders busy, and each input is read once for all of them.
function multiply(x: Float64Array, kernel: Float64Array, bias: Float64Array, y: Float64Array): void {
  const inputs = x.length;
  const outputs = y.length;
  let k = 0;
  for (let j = 0; j < outputs; j += lanes) {
    let a = bias[j];
    let b = bias[j + 1];
    let c = bias[j + 2];
    let d = bias[j + 3];
    let e = bias[j + 4];
    let f = bias[j + 5];
    let g = bias[j + 6];
    let h = bias[j + 7];
    for (let i = 0; i < inputs; i++) {
      const value = x[i];
      a += value * kernel[k];
      b += value * kernel[k + 1];
      c += value * kernel[k + 2];
      d += value * kernel[k + 3];
      e += value * kernel[k + 4];
      f += value * kernel[k + 5];
      g += value * kernel[k + 6];
      h += value * kernel[k + 7];
      k += lanes;
    }
    y[j] = a;
    y[j + 1] = b;
    y[j + 2] = c;
    y[j + 3] = d;
    y[j + 4] = e;
    y[j + 5] = f;
    y[j + 6] = g;
    y[j + 7] = h;
  }
}

/** Reads the values of a weight. */
export function valuesOf(weight: tf.Tensor): Float32Array {
  return weight.dataSync() as Float32Array;
}
