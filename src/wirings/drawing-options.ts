/** How pictures of wirings look. */

import { optionNames } from "../core/check-options.js";

/** Colours of a picture. Defaults: those that ncps and its documentation use. */
export interface WiringColors {
  /** Fill of sensory neurons. */
  sensory: string;
  /** Fill of inter neurons. */
  inter: string;
  /** Fill of command neurons. */
  command: string;
  /** Fill of motor neurons. */
  motor: string;
  /** Excitatory synapses. */
  excitatory: string;
  /** Inhibitory synapses. */
  inhibitory: string;
}

/** Options of every picture. */
export interface DrawingOptions {
  /** Where the layers go: `"right"` (default) or `"down"`, sensory neurons first. */
  direction?: "right" | "down";
  /** Names of the inputs. Default `s0, s1, …`; inputs without a name keep theirs. */
  sensoryNames?: readonly string[];
  /** Names of the neurons by id. Default their ids. */
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

/** Options of pictures for Mermaid. */
export interface MermaidOptions extends DrawingOptions {
  /**
   * Most synapses. Default 500: Mermaid draws no more, nor do the sites that show its pictures, unless their
   * configuration has another `maxEdges`.
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

/** Options of pictures as SVG. */
export interface SVGOptions extends DrawingOptions {
  /** Name of the picture for screen readers and tooltips. Default: the numbers of neurons and synapses. */
  title?: string;
  /** Whether a legend stands below. Default true. */
  legend?: boolean;
  /** Fill behind the picture, `"none"` for a transparent one. Default `"#ffffff"`. */
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
