/** Draws wirings in the language of Mermaid, which many Markdown renderers display. */

import { checkInteger } from "../../core/check-integer.js";
import { checkOptions } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { type MermaidOptions, mermaidNames } from "../drawing-options.js";
import { synapsesOf } from "../synapse-list.js";
import type { BuiltWiring } from "../wiring.js";
import { colorsOf, columnsOf, type DrawnKind } from "./options.js";

const kinds: readonly DrawnKind[] = ["sensory", "inter", "command", "motor"];

/**
 * The wiring as a Mermaid flowchart, one subgraph per layer. Excitatory synapses end in an arrow, inhibitory ones in
 * a cross.
 *
 * @throws InvalidArgumentError when there are more synapses than Mermaid draws
 */
export function wiringToMermaid(built: BuiltWiring, options: MermaidOptions = {}): string {
  checkOptions("toMermaid", options, mermaidNames);
  const { maxEdges = 500 } = options;
  checkInteger("maxEdges", maxEdges);
  const synapses = synapsesOf(built);
  if (synapses.length > maxEdges) {
    throw new InvalidArgumentError(
      "built",
      `expected at most ${maxEdges} synapses, as Mermaid draws no more by default, received ${synapses.length}: use wiringToSVG or wiringToDOT, or pass maxEdges if Mermaid is configured for more`,
    );
  }
  const colors = colorsOf(options.colors);
  const lines = [`flowchart ${options.direction === "down" ? "TB" : "LR"}`];
  columnsOf(built, options).forEach((column, i) => {
    lines.push(`  subgraph layer${i} [${column[0].kind}]`);
    for (const { key, label, kind } of column) lines.push(`    ${key}(("${entities(label)}")):::${kind}`);
    lines.push("  end");
  });
  const edges: Record<"excitatory" | "inhibitory", number[]> = { excitatory: [], inhibitory: [] };
  synapses.forEach(({ sensory, source, destination, polarity }, i) => {
    edges[polarity > 0 ? "excitatory" : "inhibitory"].push(i);
    const from = `${sensory ? "sensory" : "neuron"}_${source}`;
    lines.push(`  ${from} ${polarity > 0 ? "-->" : "--x"} neuron_${destination}`);
  });
  for (const kind of kinds) lines.push(`  classDef ${kind} fill:${colors[kind]},color:#fff,stroke:none`);
  // Crosses and arrow heads take the colour of "linkStyle default" if there is one, so every synapse is styled by
  // number.
  for (const sign of ["excitatory", "inhibitory"] as const) {
    if (edges[sign].length > 0) lines.push(`  linkStyle ${edges[sign].join(",")} stroke:${colors[sign]}`);
  }
  return `${lines.join("\n")}\n`;
}

// Mermaid writes entities as #name; or #code;.
function entities(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[#&<>"'`]/g, (character) => `#${character.charCodeAt(0)};`);
}
