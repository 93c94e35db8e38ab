/** Helpers shared by all drawings of wirings. */

import { checkOptions } from "../../core/check-options.js";
import type { DrawingOptions, WiringColors } from "../drawing-options.js";
import type { BuiltWiring, NeuronType } from "../wiring.js";

/** Kind of a drawn neuron. */
export type DrawnKind = NeuronType | "sensory";

/** A neuron of a drawing. */
export interface DrawnNeuron {
  /** Identifier that is safe in every format, e.g. `sensory_0` or `neuron_3`. */
  key: string;
  /** Displayed name. */
  label: string;
  /** Type of the neuron. */
  kind: DrawnKind;
}

/** Fills in the default colours. */
export function colorsOf(colors: Partial<WiringColors> = {}): WiringColors {
  const defaults = { sensory: "#bcbd22", inter: "#1f77b4", command: "#17becf", motor: "#ff7f0e" };
  const all = { ...defaults, excitatory: "#2ca02c", inhibitory: "#d62728" };
  checkOptions("colors", colors, Object.keys(all));
  return { ...all, ...colors };
}

/** Columns of neurons: the sensory ones, then the layers. A single layer is split into inner and motor neurons. */
export function columnsOf(built: BuiltWiring, options: DrawingOptions): DrawnNeuron[][] {
  const { sensoryNames = [], neuronNames = [] } = options;
  const neuron = (id: number): DrawnNeuron => ({
    key: `neuron_${id}`,
    label: neuronNames[id] ?? String(id),
    kind: built.neuronType(id),
  });
  const sensory = Array.from(
    { length: built.inputDim },
    (_, id): DrawnNeuron => ({
      key: `sensory_${id}`,
      label: sensoryNames[id] ?? `s${id}`,
      kind: "sensory",
    }),
  );
  let layers = built.layers.map((layer) => layer.map(neuron));
  if (layers.length === 1) {
    const isMotor = ({ kind }: DrawnNeuron) => kind === "motor";
    layers = [layers[0].filter((one) => !isMotor(one)), layers[0].filter(isMotor)];
  }
  return [sensory, ...layers].filter((column) => column.length > 0);
}

/** Escapes text for XML, including attributes. */
export function escapeXml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}
