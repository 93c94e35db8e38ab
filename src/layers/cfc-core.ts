/** The cell of a CfC layer, from the layer's options and to its saved form. */

import type * as tf from "@tensorflow/tfjs-core";
import { CfCCell, type CfCCellOptions } from "../cells/cfc-cell.js";
import { WiredCfCCell, type WiredCfCCellOptions } from "../cells/wired-cfc-cell.js";
import { InvalidArgumentError } from "../core/errors.js";
import { type Wiring, type WiringJSON, wiringFromJSON } from "../wirings/index.js";

/** Options that choose the cell of a CfC layer. */
export interface CfCCoreOptions
  extends Omit<CfCCellOptions, "units">,
    Pick<WiredCfCCellOptions, "recurrence"> {
  /** Size of the state, which is also the output; either this or a wiring. */
  units?: number;
  /** Neurons and synapses; then there is no backbone. Either this or `units`. */
  wiring?: Wiring;
}

/** The cells that a CfC layer can have. */
export type CfCCore = CfCCell | WiredCfCCell;

/** The options that only a cell without a wiring knows. */
const backboneOptions = [
  "activation",
  "backboneUnits",
  "backboneLayers",
  "backboneDropout",
  "sparsityMask",
] as const;

/**
 * Makes the cell that the options ask for.
 *
 * @throws InvalidArgumentError when options are wrong or do not go together
 */
export function createCfCCore(options: CfCCoreOptions): CfCCore {
  const { units, wiring, mode, flavour, recurrence, seed } = options;
  if (!wiring) {
    if (recurrence !== undefined) {
      throw new InvalidArgumentError("recurrence", "belongs to a wiring; pass wiring or leave it out");
    }
    if (units === undefined) {
      throw new InvalidArgumentError("units", "expected units or a wiring, received neither");
    }
    const { activation, backboneUnits, backboneLayers, backboneDropout, sparsityMask } = options;
    const backbone = { activation, backboneUnits, backboneLayers, backboneDropout, sparsityMask };
    return new CfCCell({ units, mode, flavour, ...backbone, seed });
  }
  if (units !== undefined) {
    throw new InvalidArgumentError("units", "cannot stand beside wiring, which has its own units");
  }
  const wrong = backboneOptions.find((name) => options[name] !== undefined);
  if (wrong) {
    throw new InvalidArgumentError(
      wrong,
      "cannot stand beside wiring, which has no backbone and its own synapses",
    );
  }
  return new WiredCfCCell({ wiring, mode, flavour, recurrence, seed });
}

/** Plain options from which {@link readCfCConfig} finds the cell again. */
export function cfcConfig(cell: CfCCore): tf.serialization.ConfigDict {
  const { mode } = cell;
  if (cell instanceof WiredCfCCell) {
    // Saved models change the case of all strings but those called name.
    return { mode, wiring: { name: JSON.stringify(cell.wiring.toJSON()) }, recurrence: cell.recurrence };
  }
  const { units, activation, backboneUnits, backboneLayers, backboneDropout, sparsityMask } = cell;
  return {
    units,
    mode,
    activation,
    backboneUnits,
    backboneLayers,
    backboneDropout,
    ...(sparsityMask && { sparsityMask: sparsityMask.map((row) => [...row]) }),
  };
}

/** The options in a saved config: undoes what saved models do to names, which come back in camel case. */
export function readCfCConfig(config: tf.serialization.ConfigDict): tf.serialization.ConfigDict {
  const snake = (name: unknown) => String(name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const { activation, mode, wiring } = config;
  const json = (wiring as { name?: string } | undefined)?.name;
  return {
    ...config,
    ...(mode !== undefined && { mode: snake(mode) }),
    ...(activation !== undefined && { activation: snake(activation) }),
    ...(json !== undefined && {
      wiring: wiringFromJSON(JSON.parse(json) as WiringJSON) as unknown as tf.serialization.ConfigDict,
    }),
  };
}
