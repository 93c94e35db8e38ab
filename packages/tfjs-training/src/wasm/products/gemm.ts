/** Matrix products on the heap, used by all products and convolutions. */

import { refuseCapture } from "../capture.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import type { WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";

/**
 * `C = A B`, or `C += A B`, for row-major matrices of 32-bit floats in the backend's memory. The
 * output must not overlap a factor.
 */
export interface Product {
  /** Number of rows of `C`. */
  m: number;
  /** Number of columns of `C`. */
  n: number;
  /** Number of terms of each sum. */
  k: number;
  /** Byte address of `A`, `[m, k]`, or `[k, m]` with `transposeA`. */
  a: number;
  /** Byte address of `B`, `[k, n]`, or `[n, k]` with `transposeB`. */
  b: number;
  /** Byte address of `C`, `[m, n]`. */
  c: number;
  /** Whether `A` is stored transposed; default false. */
  transposeA?: boolean;
  /** Whether `B` is stored transposed; default false. */
  transposeB?: boolean;
  /** Whether to add to `C`; default false. */
  accumulate?: boolean;
  /** Floats from one stored row of `A` to the next; default its number of columns. */
  lda?: number;
  /** Floats from one stored row of `B` to the next; default its number of columns. */
  ldb?: number;
}

/** Operations applied to every element of a product when its sum is complete. */
export interface Epilogue {
  /** Byte address of a bias `[n]` to add to every row. */
  bias?: number;
  /** Activation, default `"linear"`. */
  activation?: "linear" | "relu" | "relu6";
}

/** Computes products in place of the compiled kernels, e.g. by a native library on the same memory. */
export interface ProductEngine {
  /** Computes a product and returns true, or leaves it to the compiled kernels and returns false. */
  multiply(backend: WasmBackend, product: Required<Product>): boolean;
  /** Computes a batch of products and returns true, or returns false. */
  multiplyMany?(backend: WasmBackend, products: ProductBatch): boolean;
  /** Engines for other packages, by the name of their `AcceleratorExtension`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A batch of products of one size; the matrices of each kind are consecutive. */
export interface ProductBatch extends Required<Omit<Product, "accumulate" | "lda" | "ldb">> {
  /** Number of products. */
  count: number;
}

let engine: ProductEngine | undefined;

/** Sets the engine for all products and convolutions of the wasm backend, or removes it. */
export function setProductEngine(replacement: ProductEngine | undefined): void {
  engine = replacement;
}

/** The engine set by {@link setProductEngine}. */
export function productEngine(): ProductEngine | undefined {
  return engine;
}

function ownEngine(): ProductEngine | undefined {
  if (engine) refuseCapture("is computed by another engine");
  return engine;
}

/** Size of a tile, as in assembly/tile.ts. */
export const tileFlags = { accumulate: 1, relu: 2, cap6: 4 } as const;

/** Flags of the activations that a tile can apply. */
export const activationFlags = {
  linear: 0,
  relu: tileFlags.relu,
  relu6: tileFlags.relu | tileFlags.cap6,
} as const;

/** Number of output rows per call: with 512 terms of the sum they fit into the second-level cache. */
export const rowsAtOnce = 192;

/** Number of rows of the transposed left factor per call: they and a panel fit into the first-level cache. */
export const termsAtOnce = 256;

// Up to this many rows the right factor is read in place: packing it would cost more than it saves.
const rowsWithoutPacking = 12;
const fewRows = 3;
// Columns of the right factor that are packed at once contain at most this many floats, if more than eight do.
const panelFloats = 1 << 21;

/** Computes a product, then bias and activation. Sizes of zero are allowed: a sum of no terms is zero. */
export function gemm(backend: WasmBackend, product: Product, epilogue: Epilogue = {}): void {
  const full = complete(product);
  const { m, n, k, c, accumulate } = full;
  if (m === 0 || n === 0) return;
  const flags = activationFlags[epilogue.activation ?? "linear"];
  if (k === 0) {
    if (!accumulate) kernelsOf(backend).fillZeros(c, m * n * 4);
  } else if (!ownEngine()?.multiply(backend, full)) {
    if (multiply(backend, full, epilogue.bias ?? 0, flags)) return;
  }
  if (flags || epilogue.bias) {
    kernelsOf(backend).finishRows(c, n * 4, m, n, epilogue.bias ?? 0, flags);
  }
}

/** Computes a batch of products, with at least one term. */
export function gemmMany(backend: WasmBackend, batch: ProductBatch): void {
  if (ownEngine()?.multiplyMany?.(backend, batch)) return;
  const { count, m, n, k, a, b, c } = batch;
  for (let i = 0; i < count; i++) {
    gemm(backend, { ...batch, a: a + 4 * i * m * k, b: b + 4 * i * k * n, c: c + 4 * i * m * n });
  }
}

function complete(product: Product): Required<Product> {
  const { m, n, k, a, b, c, transposeA = false, transposeB = false, accumulate = false } = product;
  const { lda = transposeA ? m : k, ldb = transposeB ? k : n } = product;
  return { m, n, k, a, b, c, transposeA, transposeB, accumulate, lda, ldb };
}

// Returns whether bias and activation have been applied too.
function multiply(backend: WasmBackend, product: Required<Product>, bias: number, flags: number): boolean {
  const kernels = kernelsOf(backend);
  const { m, n, k, a, b, c, transposeA, transposeB, accumulate, lda, ldb } = turnVectors(product);
  const mode = accumulate ? tileFlags.accumulate : 0;
  if (!transposeA && m <= fewRows) {
    if (transposeB) kernels.dotProduct(a, lda * 4, b, ldb * 4, c, n * 4, m, n, k, mode);
    else {
      for (let row = 0; row < m; row++) {
        kernels.vectorProduct(a + row * lda * 4, b, ldb * 4, c + row * n * 4, n, k, mode);
      }
    }
    return false;
  }
  if (transposeA) {
    multiplyColumns(backend, kernels, { m, n, k, a, b, c, transposeA, transposeB, accumulate, lda, ldb });
    return false;
  }
  const chunk = Math.max(8, Math.floor(panelFloats / k) & ~7);
  for (let column = 0; column < n; column += chunk) {
    const panels = packPanels(backend, kernels, {
      b: b + (transposeB ? column * ldb : column) * 4,
      ldb,
      k,
      n: Math.min(chunk, n - column),
      transposed: transposeB,
      inPlace: !transposeB && m <= rowsWithoutPacking && k % 4 === 0,
    });
    multiplyRows(backend, kernels, {
      rows: { base: a, columnStep: lda * 4 },
      out: { base: c + column * 4, columnStep: n * 4 },
      grid: [m, 1, m],
      segments: [0],
      length: k,
      panels,
      bias: bias && bias + column * 4,
      flags: mode | flags,
    });
  }
  return true;
}

// A column times a matrix is a row times the transposed matrix, and a vector is its own transpose.
function turnVectors(product: Required<Product>): Required<Product> {
  const { m, n, k, a, b, transposeA, transposeB, lda, ldb } = product;
  if (n === 1 && m > 1 && (transposeB || ldb === 1)) {
    const turned = { ...product, m: 1, n: m, a: b, b: a, lda: k, ldb: lda };
    return { ...turned, transposeA: false, transposeB: !transposeA };
  }
  if (m === 1 && transposeA && lda === 1) return { ...product, transposeA: false, lda: k };
  return product;
}

/** A right factor in the form that {@link multiplyRows} reads. */
export interface Panels {
  /** Byte address of the first panel. */
  base: number;
  /** Bytes from one row of a panel to the next. */
  step: number;
  /** Bytes from one panel to the next. */
  panelStep: number;
  /** Byte address of the last panel if it has fewer than eight columns. */
  edge: number;
  /** Total number of columns. */
  n: number;
}

/** A right factor to pack. */
export interface PanelSource {
  /** Byte address of `[k, n]`, or `[n, k]` with `transposed`. */
  b: number;
  /** Floats from one stored row to the next. */
  ldb: number;
  /** Number of rows. */
  k: number;
  /** Number of columns. */
  n: number;
  /** Whether it is stored transposed; default false. */
  transposed?: boolean;
  /** Whether the full panels are read in place; default false. */
  inPlace?: boolean;
}

/** Size of one packed panel of `k` rows in bytes: eight floats each, rows of zeros up to a multiple of four. */
export function panelBytes(k: number): number {
  return Math.ceil(k / 4) * 128;
}

// Size of three more rows of zeros in bytes: terms are read in fours, also after runs that are not a multiple of four.
const spareRows = 96;

/** Packs a right factor into scratch memory, or describes it in place. */
export function packPanels(backend: WasmBackend, kernels: KernelExports, source: PanelSource): Panels {
  const { b, ldb, k, n, transposed, inPlace } = source;
  const panelStep = panelBytes(k);
  const fullPanels = Math.floor(n / 8);
  if (inPlace) {
    const edge = n % 8 > 0 ? scratch(backend, "panels", panelStep) : 0;
    if (edge) kernels.packColumns(b + fullPanels * 32, ldb * 4, k, n % 8, edge, panelStep);
    return { base: b, step: ldb * 4, panelStep: 32, edge, n };
  }
  const bytes = Math.ceil(n / 8) * panelStep;
  const base = scratch(backend, "panels", bytes + spareRows);
  const pack = transposed ? kernels.packRows : kernels.packColumns;
  pack(b, ldb * 4, k, n, base, panelStep);
  kernels.padPanels(base, k, n, panelStep);
  kernels.fillZeros(base + bytes, spareRows);
  return { base, step: 32, panelStep, edge: base + fullPanels * panelStep, n };
}

/** Locations of the rows of a matrix: the cells `[images, height, width]` of a grid, strides in bytes. */
export interface RowGrid {
  /** Byte address of the first cell. */
  base: number;
  /** Stride from one image to the next; default 0. */
  imageStep?: number;
  /** Stride from one row of cells to the next; default 0. */
  rowStep?: number;
  /** Stride from one cell to the next in a row. */
  columnStep: number;
}

/** Rows of a left factor, each in `segments.length` runs of `length` floats, times packed panels. */
export interface RowsByPanels {
  /** Locations of the rows of the left factor. */
  rows: RowGrid;
  /** Locations of the rows of the output. */
  out: RowGrid;
  /** Number of rows; height and width of both grids. */
  grid: readonly [count: number, height: number, width: number];
  /** Byte offsets of the runs from the beginning of a row. */
  segments: readonly number[];
  /** Number of floats in a run. */
  length: number;
  /** The right factor. */
  panels: Panels;
  /** Byte address of a bias readable up to a multiple of eight floats, or 0. */
  bias: number;
  /** Flags, a sum of {@link tileFlags}. */
  flags: number;
}

/** Multiplies rows that may overlap, such as the patches of an image, with packed panels. */
export function multiplyRows(backend: WasmBackend, kernels: KernelExports, task: RowsByPanels): void {
  const { rows, out, grid, segments, length, panels, flags } = task;
  const [count, height, width] = grid;
  const { work, offsets, tables } = workArea(backend, segments, 2 * rowsAtOnce);
  const terms = Math.min(mostTerms, segments.length * length);
  const packed = scratch(
    backend,
    "packed",
    (panelBytes(terms) / 8) * Math.ceil(Math.min(count, rowsAtOnce) / 6) * 6,
  );
  const bias = task.bias && paddedBias(backend, task.bias, panels.n);
  const outTable = tables + rowsAtOnce * 4;
  for (let first = 0; first < count; first += rowsAtOnce) {
    const some = Math.min(rowsAtOnce, count - first);
    writeAddresses(kernels, tables, rows, first, some, height, width);
    writeAddresses(kernels, outTable, out, first, some, height, width);
    kernels.rowProduct(
      tables,
      outTable,
      some,
      offsets,
      segments.length,
      length,
      panels.base,
      panels.step,
      panels.panelStep,
      panels.edge,
      panels.n,
      bias,
      flags,
      work,
      packed,
    );
  }
}

/** Writes the addresses of `count` cells of a grid, starting with the cell number `first`, to a table. */
export function writeAddresses(
  kernels: KernelExports,
  table: number,
  { base, imageStep = 0, rowStep = 0, columnStep }: RowGrid,
  first: number,
  count: number,
  height: number,
  width: number,
): void {
  kernels.gridAddresses(table, base, first, count, height, width, imageStep, rowStep, columnStep);
}

/** Byte addresses within the work area of the compiled products. */
export interface WorkArea {
  /** Work area of the kernel itself. */
  work: number;
  /** Offsets of segments. */
  offsets: number;
  /** Space for tables of row addresses. */
  tables: number;
}

// Of the kernel itself, as in assembly/gemm.ts.
const workBytes = 320;
// Terms of the left factor that are packed at once, as in assembly/gemm.ts.
const mostTerms = 768;

/** The work area, with the offsets of segments written and room for `entries` row addresses. */
export function workArea(backend: WasmBackend, segments: readonly number[], entries: number): WorkArea {
  const work = scratch(backend, "work", workBytes + (entries + segments.length) * 4);
  const tables = work + workBytes;
  const offsets = tables + entries * 4;
  const kernels = kernelsOf(backend);
  for (let i = 0; i < segments.length; i++) kernels.storeWord(offsets + i * 4, segments[i]);
  return { work, offsets, tables };
}

function paddedBias(backend: WasmBackend, bias: number, n: number): number {
  if (n % 8 === 0) return bias;
  const copy = scratch(backend, "bias", (n + 8) * 4);
  kernelsOf(backend).copyBytes(copy, bias, n * 4);
  return copy;
}

// The left factor is stored transposed: 256 of its rows at a time with as many rows of the right one, packed.
function multiplyColumns(backend: WasmBackend, kernels: KernelExports, product: Required<Product>): void {
  const { m, n, k, b, c, transposeB, ldb, accumulate } = product;
  const left = readableRows(backend, kernels, product);
  const { work, offsets, tables } = workArea(backend, [0], termsAtOnce + 6);
  const panelStep = panelBytes(Math.min(k, termsAtOnce));
  const panels = scratch(backend, "panels", Math.ceil(n / 8) * panelStep);
  const packed = scratch(backend, "packed", termsAtOnce * 24);
  for (let first = 0; first < k; first += termsAtOnce) {
    const some = Math.min(termsAtOnce, k - first);
    writeAddresses(kernels, tables, { base: left.base, columnStep: left.step }, first, some, 1, k);
    const step = panelBytes(some);
    if (transposeB) kernels.packRows(b + first * 4, ldb * 4, some, n, panels, step);
    else kernels.packColumns(b + first * ldb * 4, ldb * 4, some, n, panels, step);
    kernels.padPanels(panels, some, n, step);
    const flags = accumulate || first > 0 ? tileFlags.accumulate : 0;
    kernels.columnProduct(tables, some, offsets, 1, m, panels, n, c, n * 4, flags, work, packed);
  }
}

// The tiles read six floats of each row; shorter rows are copied to where that is allowed.
function readableRows(
  backend: WasmBackend,
  kernels: KernelExports,
  { a, lda, k, m }: Required<Product>,
): { base: number; step: number } {
  if (m >= 6) return { base: a, step: lda * 4 };
  const base = scratch(backend, "rows", k * 32);
  kernels.packColumns(a, lda * 4, k, m, base, k * 32);
  return { base, step: 32 };
}
