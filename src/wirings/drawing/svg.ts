/** Draws wirings as SVG. */

import { checkOptions } from "../../core/check-options.js";
import { type SVGOptions, svgNames, type WiringColors } from "../drawing-options.js";
import { synapsesOf } from "../synapse-list.js";
import type { BuiltWiring } from "../wiring.js";
import { isOutside, layOut, letterWidth, type PlacedNeuron, radius, type WiringLayout } from "./layout.js";
import { colorsOf, type DrawnKind, escapeXml } from "./options.js";
import { synapsePath } from "./svg-synapse.js";

/**
 * The wiring as an SVG document, layer by layer from the sensory to the motor neurons. Excitatory synapses end in
 * an arrow, inhibitory ones in a bar.
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 16, outputSize: 2 });
 * writeFileSync("wiring.svg", wiringToSVG(wiring.build(4), { sensoryNames: ["x", "v", "angle", "spin"] }));
 * ```
 */
export function wiringToSVG(built: BuiltWiring, options: SVGOptions = {}): string {
  checkOptions("toSVG", options, svgNames);
  const { legend = true, background = "#ffffff", direction } = options;
  const colors = colorsOf(options.colors);
  const layout = layOut(built, options);
  const down = direction === "down";
  const entries = legend ? legendOf(layout) : [];
  const width = Math.ceil(Math.max(layout.width, legendWidth(entries) + 16));
  const height = Math.ceil(layout.height + (legend ? 36 : 0));
  const shift = (width - layout.width) / 2;
  const synapses = synapsesOf(built);
  const title =
    options.title ??
    `Wiring of ${built.inputDim} inputs, ${built.units} neurons, ${synapses.length} synapses`;
  // Drawings with many lines use thinner and paler ones, so that crossings stay legible.
  const strength = Math.min(1, 120 / Math.max(synapses.length, 1));
  const opacity = (0.3 + 0.6 * strength).toFixed(2);
  const groups = ([1, -1] as const).map((sign) => {
    const name = sign > 0 ? "excitatory" : "inhibitory";
    const paths = synapses
      .filter(({ polarity }) => polarity === sign)
      .map(({ sensory, source, destination }) => {
        const from = layout.neurons.get(`${sensory ? "sensory" : "neuron"}_${source}`)!;
        const to = layout.neurons.get(`neuron_${destination}`)!;
        return `<path d="${synapsePath(from, to, down)}" marker-end="url(#${name})"/>`;
      });
    const look = `fill="none" stroke="${escapeXml(colors[name])}" stroke-opacity="${opacity}"`;
    return `<g ${look} stroke-width="${(0.8 + 0.6 * strength).toFixed(2)}">\n${paths.join("\n")}\n</g>`;
  });
  const neurons = [...layout.neurons.values()].map((neuron) => drawNeuron(neuron, colors, down));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
      ' role="img" font-family="Helvetica, Arial, sans-serif" font-size="12">',
    `<title>${escapeXml(title)}</title>`,
    `<defs>${marker("excitatory", colors, "M0 0L6 3L0 6z")}${marker("inhibitory", colors, "M4.5 0H6V6H4.5z")}</defs>`,
    `<rect width="${width}" height="${height}" fill="${escapeXml(background)}"/>`,
    `<g transform="translate(${shift} 0)">`,
    ...groups,
    ...neurons,
    "</g>",
    ...drawLegend(entries, colors, (width - legendWidth(entries)) / 2, height - 24),
    "</svg>\n",
  ].join("\n");
}

function marker(name: "excitatory" | "inhibitory", colors: WiringColors, path: string): string {
  const frame =
    'viewBox="0 0 6 6" refX="6" refY="3" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse"';
  return `<marker id="${name}" ${frame} orient="auto"><path d="${path}" fill="${escapeXml(colors[name])}"/></marker>`;
}

function drawNeuron(neuron: PlacedNeuron, colors: WiringColors, down: boolean): string {
  const { x, y, column, kind, label } = neuron;
  const circle = `<circle cx="${x}" cy="${y}" r="${radius}" fill="${escapeXml(colors[kind])}"/>`;
  const text = (dx: number, dy: number, anchor: string, fill: string) =>
    `<text x="${x + dx}" y="${y + dy + 4}" text-anchor="${anchor}" fill="${fill}">${escapeXml(label)}</text>`;
  if (!isOutside(neuron)) {
    const inside = text(0, 0, "middle", "#ffffff");
    return circle + (label.length > 2 ? inside.replace("<text", '<text font-size="10"') : inside);
  }
  const side = column === 0 ? -1 : 1;
  const away = radius + 5;
  if (down) return circle + text(0, side * (away + 4), "middle", "#333333");
  return circle + text(side * away, 0, side < 0 ? "end" : "start", "#333333");
}

type LegendEntry = DrawnKind | "excitatory" | "inhibitory";

function legendOf({ neurons }: WiringLayout): LegendEntry[] {
  return [...new Set([...neurons.values()].map(({ kind }) => kind)), "excitatory", "inhibitory"];
}

const isSign = (entry: LegendEntry) => entry === "excitatory" || entry === "inhibitory";
const signWidth = (entry: LegendEntry) => (isSign(entry) ? 26 : 18);
const entryWidth = (entry: LegendEntry) => signWidth(entry) + letterWidth * entry.length + 20;

function legendWidth(entries: readonly LegendEntry[]): number {
  return entries.reduce((sum, entry) => sum + entryWidth(entry), 0);
}

function drawLegend(
  entries: readonly LegendEntry[],
  colors: WiringColors,
  left: number,
  y: number,
): string[] {
  let x = left;
  return entries.map((entry) => {
    const color = escapeXml(colors[entry]);
    const sign = isSign(entry)
      ? `<path d="M${x} ${y}h20" stroke="${color}" stroke-width="1.5" marker-end="url(#${entry})"/>`
      : `<circle cx="${x + 6}" cy="${y}" r="6" fill="${color}"/>`;
    const text = `<text x="${x + signWidth(entry)}" y="${y + 4}" fill="#333333">${entry}</text>`;
    x += entryWidth(entry);
    return sign + text;
  });
}
