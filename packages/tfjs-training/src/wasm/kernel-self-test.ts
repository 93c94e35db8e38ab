/** Checks with a product of integers that a build computes correctly on this machine. */

import type { KernelExports } from "./kernel-binaries.js";

const [rows, terms, columns] = [7, 21, 19];

/** Multiplies in an empty memory of one page and compares with plain sums, which are exact here. */
export function computesProducts(kernels: KernelExports, memory: WebAssembly.Memory): boolean {
  const floats = new Float32Array(memory.buffer);
  const [a, b, c, panels, work] = [1024, 2048, 6144, 8192, 16384];
  for (let i = 0; i < rows * terms; i++) floats[a / 4 + i] = ((i * 7) % 11) - 5;
  for (let i = 0; i < terms * columns; i++) floats[b / 4 + i] = ((i * 5) % 13) - 6;
  const panelStep = Math.ceil(terms / 4) * 128;
  kernels.packColumns(b, 4 * columns, terms, columns, panels, panelStep);
  kernels.padPanels(panels, terms, columns, panelStep);
  const [rowTable, outTable, offsets, packed] = [work + 512, work + 768, work + 1024, work + 2048];
  kernels.gridAddresses(rowTable, a, 0, rows, 1, rows, 0, 0, 4 * terms);
  kernels.gridAddresses(outTable, c, 0, rows, 1, rows, 0, 0, 4 * columns);
  const edge = panels + Math.floor(columns / 8) * panelStep;
  const tables = [rowTable, outTable, rows, offsets, 1, terms] as const;
  kernels.rowProduct(...tables, panels, 32, panelStep, edge, columns, 0, 0, work, packed);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < terms; k++) sum += floats[a / 4 + i * terms + k] * floats[b / 4 + k * columns + j];
      if (floats[c / 4 + i * columns + j] !== sum) return false;
    }
  }
  return true;
}
