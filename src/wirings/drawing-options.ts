/** Options for drawings of wirings. */

import { optionNames } from "../core/check-options.js";

/** Colours of a drawing. Defaults: those of ncps and its documentation. */
export interface WiringColors {
  /** Fill of sensory neurons. */
  sensory: string;
  /** Fill of inter neurons. */
  inter: string;
  /** Fill of command neurons. */
  command: string;
  /** Fill of motor neurons. */
  motor: string;
  /** Colour of excitatory synapses. */
  excitatory: string;
  /** Colour of inhibitory synapses. */
  inhibitory: string;
}

/** Options of every drawing. */
export interface DrawingOptions {
  /** Direction of the layers: `"right"` (default) or `"down"`, sensory neurons first. */
  direction?: "right" | "down";
  /** Names of the inputs. Default `s0, s1, …`; inputs without a name keep their default. */
  sensoryNames?: readonly string[];
  /** Names of the neurons by id. Default: their ids. */
  neuronNames?: readonly string[];
  /** Colours that replace the defaults. */
  colors?: Partial<WiringColors>;
}

/** The names of {@link DrawingOptions}. */
export const drawingNames = optionNames<DrawingOptions>({
  direction: true,
  sensoryNames: true,
  neuronNames: true,
  colors: true,
});

/** Options of Mermaid diagrams. */
export interface MermaidOptions extends DrawingOptions {
  /**
   * Maximum number of synapses. Default 500: Mermaid draws no more, nor do sites that render its diagrams, unless their
   * configuration has a different `maxEdges`.
   */
  maxEdges?: number;
}

/** The names of {@link MermaidOptions}. */
export const mermaidNames = optionNames<MermaidOptions>({
  maxEdges: true,
  direction: true,
  sensoryNames: true,
  neuronNames: true,
  colors: true,
});

/** Options of SVG drawings. */
export interface SVGOptions extends DrawingOptions {
  /** Title for screen readers and tooltips. Default: the numbers of neurons and synapses. */
  title?: string;
  /** Whether there is a legend below the drawing. Default true. */
  legend?: boolean;
  /** Background colour, `"none"` for transparent. Default `"#ffffff"`. */
  background?: string;
}

/** The names of {@link SVGOptions}. */
export const svgNames = optionNames<SVGOptions>({
  title: true,
  legend: true,
  background: true,
  direction: true,
  sensoryNames: true,
  neuronNames: true,
  colors: true,
});
