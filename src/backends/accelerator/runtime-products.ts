/** Matrix products of the wasm backend, computed by a native runtime on the same memory. */

import type { Product, ProductBatch, ProductEngine } from "../wasm/gemm.js";
import type { WasmBackend } from "../wasm/heap.js";
import { encodeBatchModel, encodeProductModel, productNames } from "./product-model.js";
import type { ProductRuntime, RuntimeSession } from "./product-runtime.js";

/** Options of {@link RuntimeProducts}. */
export interface RuntimeProductsOptions {
  /** Threads of the runtime, default 1. With one thread, results are the same from run to run. */
  threads?: number;
  /** Products with fewer multiplications stay on the compiled kernels; see {@link worthwhileWork}. */
  minWork?: number;
}

/**
 * Multiplications from which on the runtime wins: asking it costs about 10 microseconds, in which the compiled
 * kernels make some 200 000 multiplications.
 */
export const worthwhileWork = 1 << 18;

// Below this many terms the compiled kernels are faster whatever the size.
const shortSum = 8;

/** Gives products to a runtime, one loaded model for each of the eight kinds of product. */
export class RuntimeProducts implements ProductEngine {
  private readonly sessions: (RuntimeSession | undefined)[] = [];
  private readonly batchSessions: (RuntimeSession | undefined)[] = [];
  private readonly threads: number;
  private readonly minWork: number;

  constructor(
    private readonly runtime: ProductRuntime,
    { threads = 1, minWork = worthwhileWork }: RuntimeProductsOptions = {},
  ) {
    this.threads = threads;
    this.minWork = minWork;
  }

  /** @inheritDoc */
  multiply(backend: WasmBackend, product: Required<Product>): boolean {
    const { m, n, k, transposeA, transposeB, accumulate, lda, ldb } = product;
    if (m * n * k < this.minWork) return false;
    // A vector is read, and short sums are written, as fast as memory allows either way.
    if (this.minWork > 0 && (m === 1 || n === 1 || k < shortSum)) return false;
    // The runtime reads no rows with gaps.
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
    this.session(transposeA, transposeB, accumulate).run(inputs, { [productNames.product]: c });
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
    const kind = Number(transposeA) + 2 * Number(transposeB);
    this.batchSessions[kind] ??= this.runtime.load(
      encodeBatchModel({ transposeA, transposeB }),
      this.threads,
    );
    this.batchSessions[kind].run(inputs, { [productNames.product]: matrices(c, m, n) });
    return true;
  }

  private session(transposeA: boolean, transposeB: boolean, accumulate: boolean): RuntimeSession {
    const kind = Number(transposeA) + 2 * Number(transposeB) + 4 * Number(accumulate);
    let session = this.sessions[kind];
    if (!session) {
      session = this.runtime.load(encodeProductModel({ transposeA, transposeB, accumulate }), this.threads);
      this.sessions[kind] = session;
    }
    return session;
  }
}
