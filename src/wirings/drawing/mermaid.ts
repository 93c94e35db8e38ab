/** Wirings in the language of Mermaid, which Markdown pages show as pictures. */

import type { DrawingOptions } from "../drawing-options.js";
import { synapsesOf } from "../synapse-list.js";
import type { BuiltWiring } from "../wiring.js";
import { colorsOf, columnsOf, type DrawnKind } from "./options.js";

const kinds: readonly DrawnKind[] = ["sensory", "inter", "command", "motor"];

/**
 * The wiring as a Mermaid flowchart, one subgraph a layer. Excitatory synapses end in an arrow, inhibitory ones in
 * a cross.
 */
export function wiringToMermaid(built: BuiltWiring, options: DrawingOptions = {}): string {
  const colors = colorsOf(options.colors);
  const lines = [`flowchart ${options.direction === "down" ? "TB" : "LR"}`];
  columnsOf(built, options).forEach((column, i) => {
    lines.push(`  subgraph layer${i} [${column[0].kind}]`);
    for (const { key, label, kind } of column) lines.push(`    ${key}(("${entities(label)}")):::${kind}`);
    lines.push("  end");
  });
  const inhibitory: number[] = [];
  const synapses = synapsesOf(built);
  synapses.forEach(({ sensory, source, destination, polarity }, i) => {
    if (polarity < 0) inhibitory.push(i);
    const from = `${sensory ? "sensory" : "neuron"}_${source}`;
    lines.push(`  ${from} ${polarity > 0 ? "-->" : "--x"} neuron_${destination}`);
  });
  for (const kind of kinds) lines.push(`  classDef ${kind} fill:${colors[kind]},color:#fff,stroke:none`);
  if (synapses.length > 0) lines.push(`  linkStyle default stroke:${colors.excitatory}`);
  if (inhibitory.length > 0) lines.push(`  linkStyle ${inhibitory.join(",")} stroke:${colors.inhibitory}`);
  return `${lines.join("\n")}\n`;
}

// Mermaid writes entities as #name; or #code;.
function entities(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[#&<>"'`]/g, (character) => `#${character.charCodeAt(0)};`);
}
