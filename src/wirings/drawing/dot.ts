/** Draws wirings in the DOT language of Graphviz. */

import { checkOptions } from "../../core/check-options.js";
import { type DrawingOptions, drawingNames } from "../drawing-options.js";
import { synapsesOf } from "../synapse-list.js";
import type { BuiltWiring } from "../wiring.js";
import { colorsOf, columnsOf } from "./options.js";

/**
 * The wiring as a Graphviz graph, one rank per layer: `dot -Tsvg wiring.dot`. Inhibitory synapses end in a bar.
 *
 * @example
 * ```ts
 * writeFileSync("wiring.dot", wiringToDOT(wiring.build(4)));
 * ```
 */
export function wiringToDOT(built: BuiltWiring, options: DrawingOptions = {}): string {
  checkOptions("toDOT", options, drawingNames);
  const colors = colorsOf(options.colors);
  const columns = columnsOf(built, options);
  const lines = [
    "digraph wiring {",
    `  rankdir=${options.direction === "down" ? "TB" : "LR"};`,
    `  ranksep=${rankGap(Math.max(...columns.map(({ length }) => length)))};`,
    '  node [shape=circle, style=filled, fontname="Helvetica", fontcolor=white];',
  ];
  for (const column of columns) {
    const nodes = column.map(
      ({ key, label, kind }) => `${key} [label=${quote(label)}, fillcolor=${quote(colors[kind])}];`,
    );
    lines.push(`  { rank=same; ${nodes.join(" ")} }`);
  }
  for (const { sensory, source, destination, polarity } of synapsesOf(built)) {
    const look =
      polarity > 0 ? `color=${quote(colors.excitatory)}` : `color=${quote(colors.inhibitory)}, arrowhead=tee`;
    lines.push(`  ${sensory ? "sensory" : "neuron"}_${source} -> neuron_${destination} [${look}];`);
  }
  return `${lines.join("\n")}\n}\n`;
}

// In inches; a neuron and the gap to the next one take one. High ranks are further apart, as in the SVG.
function rankGap(rows: number): number {
  return Math.min(Math.max(1, rows / 4 - 0.75), 8);
}

function quote(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
}
