/** Creates the cell of a CfC layer from the layer's options, and converts them from and to the saved form. */

import type * as tf from "@tensorflow/tfjs-core";
import { CfCCell, type CfCCellOptions } from "../cells/cfc-cell.js";
import { WiredCfCCell, type WiredCfCCellOptions } from "../cells/wired-cfc-cell.js";
import { InvalidArgumentError } from "../core/errors.js";
import { type Wiring, type WiringJSON, wiringFromJSON } from "../wirings/index.js";

/** Options that determine the cell of a CfC layer. */
export interface CfCCoreOptions
  extends Omit<CfCCellOptions, "units">,
    Pick<WiredCfCCellOptions, "recurrence"> {
  /** Size of the state, which is also the output. Exactly one of `units` and `wiring` is needed. */
  units?: number;
  /** Neurons and synapses; there is no backbone then. Exactly one of `units` and `wiring` is needed. */
  wiring?: Wiring;
}

/** The cells that a CfC layer can have. */
export type CfCCore = CfCCell | WiredCfCCell;

/** The options that only exist without a wiring. */
const backboneOptions = [
  "activation",
  "backboneUnits",
  "backboneLayers",
  "backboneDropout",
  "sparsityMask",
] as const;

/**
 * Creates the cell that the options describe.
 *
 * @throws InvalidArgumentError when options are invalid or cannot be combined
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
    throw new InvalidArgumentError("units", "cannot be combined with wiring, which has its own units");
  }
  const wrong = backboneOptions.find((name) => options[name] !== undefined);
  if (wrong) {
    throw new InvalidArgumentError(
      wrong,
      "cannot be combined with wiring, which has no backbone and its own synapses",
    );
  }
  return new WiredCfCCell({ wiring, mode, flavour, recurrence, seed });
}

/** Plain options from which {@link readCfCConfig} restores the cell options. */
export function cfcConfig(cell: CfCCore): tf.serialization.ConfigDict {
  const { mode } = cell;
  if (cell instanceof WiredCfCCell) {
    // Saved models change the case of all strings except those called name.
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

/** Reads the options from a saved config: reverts the change of names to camel case. */
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
