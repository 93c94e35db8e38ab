/** Positions of the neurons in a drawing. */

import type { DrawingOptions } from "../drawing-options.js";
import type { BuiltWiring } from "../wiring.js";
import { columnsOf, type DrawnNeuron } from "./options.js";

/** Radius of a neuron in pixels. */
export const radius = 13;
const neuronGap = 40;
const margin = 28;
/** Estimated width of a letter of the labels in pixels. */
export const letterWidth = 7;

/** A neuron with its position. */
export interface PlacedNeuron extends DrawnNeuron {
  /** Column, 0 for sensory neurons. */
  column: number;
  /** Horizontal centre in pixels. */
  x: number;
  /** Vertical centre in pixels. */
  y: number;
}

/** Neurons and size of a drawing. */
export interface WiringLayout {
  /** Neurons by key. */
  neurons: ReadonlyMap<string, PlacedNeuron>;
  /** Number of columns. */
  columns: number;
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
}

/** Whether a label is placed next to its neuron because the circle is too small for it. */
export function isOutside({ label }: DrawnNeuron): boolean {
  return label.length > 3;
}

/** Puts each layer into a column (or row, downwards), with evenly spaced, centred neurons. */
export function layOut(built: BuiltWiring, options: DrawingOptions): WiringLayout {
  const down = options.direction === "down";
  const columns = columnsOf(built, options);
  const longest = (column: DrawnNeuron[]) =>
    letterWidth * Math.max(0, ...column.filter(isOutside).map(({ label }) => label.length));
  // Long labels are to the left of the first column and to the right of the others; downwards they need horizontal
  // space.
  const gap = down ? Math.max(neuronGap, ...columns.map((column) => longest(column) + 8)) : neuronGap;
  const before = margin + (down ? 8 : longest(columns[0]));
  const after = margin + (down ? 8 : longest(columns[columns.length - 1]));
  const rows = Math.max(...columns.map(({ length }) => length));
  // High columns are further apart, so that lines do not become steep.
  const layerGap = Math.min(Math.max(130, 0.25 * rows * gap), 360);
  const along = before + after + 2 * radius + (columns.length - 1) * layerGap;
  const across = 2 * margin + 2 * radius + (rows - 1) * gap;
  const neurons = new Map<string, PlacedNeuron>();
  columns.forEach((members, column) => {
    members.forEach((neuron, i) => {
      const a = before + radius + column * layerGap;
      const b = across / 2 + (i - (members.length - 1) / 2) * gap;
      neurons.set(neuron.key, { ...neuron, column, x: down ? b : a, y: down ? a : b });
    });
  });
  const [width, height] = down ? [across, along] : [along, across];
  return { neurons, columns: columns.length, width, height };
}
