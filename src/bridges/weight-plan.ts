/** Where each array of another library lies in the weights of a layer. */

import { CfCCell } from "../cells/cfc-cell.js";
import { LTCCell } from "../cells/ltc-cell.js";
import { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import type { WiredCfCCell } from "../cells/wired-cfc-cell.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { CfC } from "../layers/cfc.js";
import type { LTC } from "../layers/ltc.js";

/** The layers that have a counterpart in the Python package ncps. */
export type BridgedLayer = CfC | LTC;

/** Where one array of another library lies in one weight of the layer. */
export interface Place {
  /** Name of the array in the other library. */
  name: string;
  /** Its shape there. */
  shape: readonly number[];
  /** Name of the layer's weight, without the layer's prefix. */
  weight: string;
  /** Whether the other library stores `[outputs, inputs]`. */
  transposed: boolean;
  /** Column at which it begins, for heads that lie side by side. */
  column: number;
}

/** An array that the wiring decides. */
export interface FixedArray {
  /** Name in the other library. */
  name: string;
  /** Its shape there. */
  shape: readonly number[];
  /** Its values, row by row. */
  data: Float32Array;
}

/** All arrays of a layer in another library. */
export interface WeightPlan {
  /** The trained ones. */
  places: Place[];
  /** Those that the wiring decides. */
  fixed: FixedArray[];
}

/** A part of a layer's weights, as another library sees it. */
export interface WeightPart {
  /** Layer of the wiring from 1; undefined without a wiring. */
  layer?: number;
  /** E.g. `backbone`, `ff1`, `time_a`, `w_tau`, `A`, `lstm`, `recurrent`, `fc` or the name of an LTC weight. */
  what: string;
  /** Backbone layer from 1, otherwise undefined. */
  index?: number;
  /** Missing for weights that are no affine map. */
  kind?: "kernel" | "bias";
}

/** How another library names and turns its arrays. */
export interface ForeignStyle {
  /** Whether its kernels are `[outputs, inputs]`. */
  transposed: boolean;
  /** Its name of a part. */
  nameOf(part: WeightPart): string;
}

const heads = ["ff1", "ff2", "time_a", "time_b"];

/** The places of all weights of a built layer. Throws `InvalidStateError` before `build`. */
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

/** Whether the layer has an LSTM beside its cell. */
export function hasMixedMemory(layer: BridgedLayer): boolean {
  return layer.core instanceof MixedMemoryCell;
}

/** The cell of a layer whose neurons lie in layers. */
export function wiredCell({ cell }: BridgedLayer): WiredCfCCell | undefined {
  return cell instanceof LTCCell || cell instanceof CfCCell ? undefined : cell;
}

/** @throws InvalidArgumentError when the layer computes something that ncps has no cell for */
export function checkCounterpart(layer: BridgedLayer, flavour: "torch" | "tf", library: string): void {
  const name = layer.getClassName();
  if (layer.flavour !== flavour) {
    throw new InvalidArgumentError(
      "layer",
      `has the flavour "${layer.flavour}", which is another model than that of ${library}; ` +
        `construct new ${name}({ ..., flavour: "${flavour}" })`,
    );
  }
  if (wiredCell(layer)?.recurrence === "wired") {
    throw new InvalidArgumentError(
      "layer",
      `has recurrence "wired", which ncps has not; construct new ${name}({ ..., recurrence: "layer" })`,
    );
  }
}
