/** Area resize in integer arithmetic, two output rows at a time. */

import type { AreaAxis } from "./area-axis.js";
import { type AreaSource, areaPixel } from "./area-pixel.js";
import { addGrayRow } from "./gray.js";
import { type PixelKernels, pixelKernels } from "./pixel-kernels.js";

/**
 * Area resize for sizes whose output pixels have few units (see {@link AreaAxis}), such as 210 x 160 to
 * 84 x 84: 5 x 40 units.
 *
 * A mean is `n / units` with an integer `n`, so float32 arithmetic, whose error stays below
 * `1 / (2 * units)`, rounds it to the same byte as exact arithmetic does, except where `n / units` is
 * exactly half-way between two bytes: there the float32 error decides, and {@link areaPixel} is used.
 * `n` is below 2^16, so an `Int32Array` holds the sums of two output rows at once, in its lower and upper halves.
 */
export class PackedArea {
  private readonly rounded: Int16Array;
  private readonly sums: Int32Array;
  private readonly prefix: Int32Array;
  private readonly borderPixel: Int32Array;
  private readonly borderUnits: Int32Array;
  private readonly firstRow: Int32Array;
  private readonly rowWeights: Int32Array[];

  /** Whether these axes have few enough units. */
  static fits(rows: AreaAxis, columns: AreaAxis): boolean {
    return 255 * rows.unitsPerOutput * columns.unitsPerOutput < 0x10000;
  }

  /** @param kernels SIMD kernels, `null` for none */
  constructor(
    private readonly rows: AreaAxis,
    private readonly columns: AreaAxis,
    private readonly kernels: PixelKernels | null = pixelKernels(),
  ) {
    this.rounded = roundedMeans(rows.unitsPerOutput * columns.unitsPerOutput);
    this.sums = new Int32Array(columns.inputSize);
    this.prefix = new Int32Array(columns.inputSize + 2);
    const borders = Array.from({ length: columns.outputSize }, (_, i) => (i + 1) * columns.unitsPerOutput);
    this.borderPixel = Int32Array.from(borders, (units) => Math.floor(units / columns.unitsPerInput));
    this.borderUnits = Int32Array.from(borders, (units) => units % columns.unitsPerInput);
    const pairs = Array.from({ length: Math.ceil(rows.outputSize / 2) }, (_, pair) => 2 * pair);
    this.firstRow = Int32Array.from(pairs, (row) =>
      Math.floor((row * rows.unitsPerOutput) / rows.unitsPerInput),
    );
    this.rowWeights = pairs.map((row, pair) => pairWeights(rows, row, this.firstRow[pair]));
  }

  /** Resizes `source` into `out`, `[rows.outputSize, columns.outputSize]`. */
  resize(source: AreaSource, out: Uint8Array): void {
    const { pixels, channels } = source;
    const stride = this.columns.inputSize * channels;
    const fast = this.columns.inputSize % 4 === 0 ? this.kernels : null;
    const addFast = channels === 3 ? fast?.addGrayRow : fast?.addRow;
    const sumsAt = (pixels.length + 27) & ~15; // a kernel reads up to 12 bytes past the last pixel
    const sumsEnd = sumsAt + this.sums.byteLength;
    const memory = fast?.bytes(sumsEnd);
    memory?.set(pixels);
    const sums = memory ? new Int32Array(memory.buffer, sumsAt, this.sums.length) : this.sums;
    for (let pair = 0; pair < this.firstRow.length; pair++) {
      const weights = this.rowWeights[pair];
      sums.fill(0);
      for (let i = 0, from = this.firstRow[pair] * stride; i < weights.length; i++, from += stride) {
        if (addFast) addFast(from, weights[i], sumsAt, sumsEnd);
        else if (channels === 3) addGrayRow(pixels, from, weights[i], sums);
        else addRow(pixels, from, weights[i], sums);
      }
      this.finish(source, 2 * pair, sums, out);
    }
  }

  // Sums of the pair's rows -> bytes of output rows `row` and `row + 1`.
  private finish(source: AreaSource, row: number, sums: Int32Array, out: Uint8Array): void {
    const { prefix, borderPixel, borderUnits, rounded, rows, columns } = this;
    const { unitsPerInput, outputSize: width, inputSize } = columns;
    const next = row + 1 < rows.outputSize ? width : 0;
    let total = 0;
    for (let x = 0; x < inputSize; x++) {
      prefix[x] = total;
      total = (total + sums[x]) | 0;
    }
    prefix[inputSize] = total;
    let left = 0;
    for (let x = 0, at = row * width; x < width; x++, at++) {
      const pixel = borderPixel[x];
      const share = borderUnits[x];
      // Differences of prefix sums are correct modulo 2^32, even if the sums themselves overflow.
      const right =
        (Math.imul(prefix[pixel], unitsPerInput - share) + Math.imul(prefix[pixel + 1], share)) | 0;
      const both = (right - left) | 0;
      left = right;
      const upper = rounded[both & 0xffff];
      const lower = rounded[both >>> 16];
      out[at + next] = lower; // without a next row, `upper` overwrites it
      out[at] = upper;
      if ((upper | lower) >= 0) continue;
      if (upper < 0) out[at] = areaPixel(source, rows, columns, row, x);
      if (lower < 0) out[at + next] = areaPixel(source, rows, columns, row + 1, x);
    }
  }
}

const HALF_WAY = -1;
const tables = new Map<number, Int16Array>();

// `n / units` rounded, by `n`; HALF_WAY between two bytes. Shared, because they are large.
function roundedMeans(units: number): Int16Array {
  let table = tables.get(units);
  if (!table) {
    table = Int16Array.from({ length: 255 * units + 1 }, (_, n) =>
      (2 * n + units) % (2 * units) === 0 ? HALF_WAY : Math.floor((2 * n + units) / (2 * units)),
    );
    tables.set(units, table);
  }
  return table;
}

// Weights of the input rows from `first` on: units in output row `row`, plus 2^16 times those in the next.
function pairWeights(rows: AreaAxis, row: number, first: number): Int32Array {
  const { unitsPerOutput, unitsPerInput, outputSize } = rows;
  const last = Math.min(row + 2, outputSize);
  const end = Math.ceil((last * unitsPerOutput) / unitsPerInput);
  const overlap = (input: number, output: number) =>
    output < outputSize
      ? Math.max(
          0,
          Math.min((input + 1) * unitsPerInput, (output + 1) * unitsPerOutput) -
            Math.max(input * unitsPerInput, output * unitsPerOutput),
        )
      : 0;
  return Int32Array.from(
    { length: end - first },
    (_, i) => overlap(first + i, row) + (overlap(first + i, row + 1) << 16),
  );
}

function addRow(gray: Uint8Array, from: number, weight: number, sums: Int32Array): void {
  for (let x = 0; x < sums.length; x++) sums[x] += Math.imul(gray[from + x], weight);
}
