/** Maps the arrays of another library to the weights of a layer. */

import { CfCCell } from "../cells/cfc-cell.js";
import { LTCCell } from "../cells/ltc-cell.js";
import { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import type { WiredCfCCell } from "../cells/wired-cfc-cell.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { CfC } from "../layers/cfc.js";
import type { LTC } from "../layers/ltc.js";

/** The layers that have a counterpart in the Python package ncps. */
export type BridgedLayer = CfC | LTC;

/** Position of one array of another library in a weight of the layer. */
export interface Place {
  /** Name of the array in the other library. */
  name: string;
  /** Shape of the array there. */
  shape: readonly number[];
  /** Name of the layer's weight, without the layer's prefix. */
  weight: string;
  /** Whether the other library stores `[outputs, inputs]`. */
  transposed: boolean;
  /** First column, for heads that are side by side. */
  column: number;
}

/** An array determined by the wiring. */
export interface FixedArray {
  /** Name in the other library. */
  name: string;
  /** Shape of the array there. */
  shape: readonly number[];
  /** Values, row by row. */
  data: Float32Array;
}

/** All arrays of a layer in another library. */
export interface WeightPlan {
  /** The trained arrays. */
  places: Place[];
  /** The arrays determined by the wiring. */
  fixed: FixedArray[];
}

/** A part of a layer's weights that is a separate array in another library. */
export interface WeightPart {
  /** Layer of the wiring, from 1; undefined without a wiring. */
  layer?: number;
  /**
   * Kind of the part, e.g. `backbone`, `ff1`, `time_a`, `w_tau`, `A`, `lstm`, `recurrent`, `fc` or the name of an LTC
   * weight.
   */
  what: string;
  /** Backbone layer, from 1; otherwise undefined. */
  index?: number;
  /** Kernel or bias; missing for weights that are not part of an affine map. */
  kind?: "kernel" | "bias";
}

/** Naming and axis order of another library. */
export interface ForeignStyle {
  /** Whether kernels are `[outputs, inputs]` there. */
  transposed: boolean;
  /** Returns the name of a part. */
  nameOf(part: WeightPart): string;
}

const heads = ["ff1", "ff2", "time_a", "time_b"];

/** Positions of all weights of a built layer. Throws `InvalidStateError` before `build`. */
export function placesOf(layer: BridgedLayer, { transposed, nameOf }: ForeignStyle): Place[] {
  return [...layer.variables].flatMap(([name, { shape }]) => {
    const weight = name.slice(layer.prefix.length + 1);
    const parts = partsOf(weight, layer);
    return parts.map((part, i): Place => {
      const turned = transposed && part.kind === "kernel";
      const size = shape[shape.length - 1] / parts.length;
      const own = [...shape.slice(0, -1), size];
      if (part.what === "w_tau" || part.what === "A") own.unshift(1); // [1, units] in ncps
      if (turned) own.reverse();
      return { name: nameOf(part), shape: own, weight, transposed: turned, column: i * size };
    });
  });
}

function partsOf(weight: string, { cell }: BridgedLayer): WeightPart[] {
  if (weight === "lstm/recurrent_kernel") return [{ what: "recurrent", kind: "kernel" }];
  const [, layerText, local] = /^(?:layer(\d+)\/)?(.+)$/.exec(weight)!;
  const layer = layerText === undefined ? undefined : Number(layerText);
  const affine = /^([a-z]+)(\d*)\/(kernel|bias)$/.exec(local);
  if (!affine) return [{ layer, what: local === "a" ? "A" : local }];
  const kind = affine[3] as "kernel" | "bias";
  const pure = !(cell instanceof LTCCell) && cell.mode === "pure";
  if (affine[1] === "heads") return heads.slice(0, pure ? 1 : 4).map((what) => ({ layer, what, kind }));
  const what = affine[1] === "projection" ? "fc" : affine[1];
  return [{ layer, what, kind, ...(affine[2] && { index: Number(affine[2]) }) }];
}

/** Whether the layer has an LSTM in addition to its cell. */
export function hasMixedMemory(layer: BridgedLayer): boolean {
  return layer.core instanceof MixedMemoryCell;
}

/** The cell of a layer whose neurons are in layers. */
export function wiredCell({ cell }: BridgedLayer): WiredCfCCell | undefined {
  return cell instanceof LTCCell || cell instanceof CfCCell ? undefined : cell;
}

/** @throws InvalidArgumentError when the layer computes something for which ncps has no cell */
export function checkCounterpart(layer: BridgedLayer, flavour: "torch" | "tf", library: string): void {
  const name = layer.getClassName();
  if (layer.flavour !== flavour) {
    throw new InvalidArgumentError(
      "layer",
      `has the flavour "${layer.flavour}", which is a different model from that of ${library}; ` +
        `construct new ${name}({ ..., flavour: "${flavour}" })`,
    );
  }
  if (wiredCell(layer)?.recurrence === "wired") {
    throw new InvalidArgumentError(
      "layer",
      `has recurrence "wired", which ncps does not have; construct new ${name}({ ..., recurrence: "layer" })`,
    );
  }
}
