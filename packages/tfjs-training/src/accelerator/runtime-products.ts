/** Matrix products of the wasm backend, computed by a native runtime on the same memory. */

import type { WasmBackend } from "../wasm/memory/heap.js";
import type { Product, ProductBatch, ProductEngine } from "../wasm/products/gemm.js";
import type { AcceleratorExtension } from "./accelerator-extension.js";
import { encodeBatchModel, encodeProductModel, type ProductModel, productNames } from "./product-model.js";
import type { ProductRuntime, RuntimeMatrix, RuntimeSession } from "./product-runtime.js";

/** Options of {@link RuntimeProducts}. */
export interface RuntimeProductsOptions {
  /** Number of threads of the runtime, default 1. With one thread, results are the same from run to run. */
  threads?: number;
  /** Products with fewer multiplications stay on the compiled kernels; see {@link worthwhileWork}. */
  minWork?: number;
  /** Products with at least this many elements are not copied; see {@link worthSparing}. */
  spareFrom?: number;
  /** Engines for other packages. */
  extensions?: readonly AcceleratorExtension[];
}

/**
 * Multiplications above which the runtime is faster: a call costs about 10 microseconds, in which the compiled
 * kernels compute some 200 000 multiplications.
 */
export const worthwhileWork = 1 << 18;

/**
 * Size of a product above which it pays off to avoid the runtime's copy of it: avoiding it takes some 10
 * microseconds.
 */
const worthSparing = 1 << 17;

// Below this many terms the compiled kernels are faster whatever the size.
const shortSum = 8;

/** Passes products to a runtime, with one loaded model for each kind of product. */
export class RuntimeProducts implements ProductEngine {
  /** @inheritDoc */
  readonly extensions: Readonly<Record<string, unknown>>;
  private readonly sessions: (RuntimeSession | undefined)[] = [];
  private readonly batchSessions: (RuntimeSession | undefined)[] = [];
  private readonly threads: number;
  private readonly minWork: number;
  private readonly spareFrom: number;

  constructor(
    private readonly runtime: ProductRuntime,
    { threads = 1, minWork, spareFrom = worthSparing, extensions = [] }: RuntimeProductsOptions = {},
  ) {
    this.threads = threads;
    this.minWork = minWork ?? worthwhileWork;
    this.spareFrom = spareFrom;
    this.extensions = Object.fromEntries(
      extensions.map(({ name, create }) => [name, create(runtime, { threads, minWork })]),
    );
  }

  /** @inheritDoc */
  multiply(backend: WasmBackend, product: Required<Product>): boolean {
    const { m, n, k, transposeA, transposeB, accumulate, lda, ldb } = product;
    if (m * n * k < this.minWork) return false;
    // Vectors are read, and products with few terms are written, at memory speed either way.
    if (this.minWork > 0 && (m === 1 || n === 1 || k < shortSum)) return false;
    // The runtime does not support non-contiguous rows.
    if (lda !== (transposeA ? m : k) || ldb !== (transposeB ? k : n)) return false;
    const { buffer } = backend.wasm.HEAPU8;
    const matrix = (address: number, rows: number, columns: number) =>
      this.runtime.array(new Float32Array(buffer, address, rows * columns), [rows, columns]);
    const c = matrix(product.c, m, n);
    const inputs = {
      [productNames.a]: transposeA ? matrix(product.a, k, m) : matrix(product.a, m, k),
      [productNames.b]: transposeB ? matrix(product.b, n, k) : matrix(product.b, k, n),
      ...(accumulate && { [productNames.addend]: c }),
    };
    const empty = m * n >= this.spareFrom;
    this.session({ transposeA, transposeB, accumulate, empty }).run(inputs, outputsOf(c, empty));
    return true;
  }

  /** @inheritDoc */
  multiplyMany(backend: WasmBackend, batch: ProductBatch): boolean {
    const { count, m, n, k, a, b, c, transposeA, transposeB } = batch;
    if (count * m * n * k < this.minWork) return false;
    const { buffer } = backend.wasm.HEAPU8;
    const matrices = (address: number, rows: number, columns: number) =>
      this.runtime.array(new Float32Array(buffer, address, count * rows * columns), [count, rows, columns]);
    const inputs = {
      [productNames.a]: transposeA ? matrices(a, k, m) : matrices(a, m, k),
      [productNames.b]: transposeB ? matrices(b, n, k) : matrices(b, k, n),
    };
    const empty = count * m * n >= this.spareFrom;
    const kind = Number(transposeA) + 2 * Number(transposeB) + 4 * Number(empty);
    this.batchSessions[kind] ??= this.runtime.load(
      encodeBatchModel({ transposeA, transposeB, empty }),
      this.threads,
    );
    this.batchSessions[kind].run(inputs, outputsOf(matrices(c, m, n), empty));
    return true;
  }

  private session(model: ProductModel): RuntimeSession {
    const { transposeA, transposeB, accumulate, empty } = model;
    const kind = Number(transposeA) + 2 * Number(transposeB) + 4 * Number(accumulate) + 8 * Number(empty);
    this.sessions[kind] ??= this.runtime.load(encodeProductModel(model), this.threads);
    return this.sessions[kind];
  }
}

function outputsOf(product: RuntimeMatrix, empty: boolean): Record<string, RuntimeMatrix | null> {
  return { ...(empty && { [productNames.empty]: null }), [productNames.product]: product };
}
