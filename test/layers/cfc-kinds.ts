/** One CfC layer of each kind, for tests that all of them must pass. */

import type { CfCOptions } from "../../src/layers/cfc.js";
import { cfcFlavours, cfcModes } from "../../src/recurrent/ops/check-scan.js";
import { AutoNCP } from "../../src/wirings/index.js";

/** A wiring of 16 neurons, 4 of them motor neurons. */
export const wiring = new AutoNCP({ units: 16, outputSize: 4 });

const cores: Record<string, CfCOptions> = {
  dense: { units: 5, backboneUnits: 6 },
  deep: { units: 5, backboneUnits: 6, backboneLayers: 2, backboneDropout: 0.25, activation: "silu" },
  wired: { wiring },
  "truly wired": { wiring, recurrence: "wired" },
};

/** Options by name: every core with and without mixed memory, in each flavour and mode. */
export const cfcKinds: [name: string, options: CfCOptions][] = Object.entries(cores).flatMap(([name, core]) =>
  [false, true].flatMap((mixedMemory) =>
    cfcFlavours.flatMap((flavour) =>
      cfcModes.map((mode): [string, CfCOptions] => [
        [name, mixedMemory ? "mixed" : "", flavour, mode].filter(Boolean).join(" "),
        { ...core, mixedMemory, flavour, mode, seed: 1 },
      ]),
    ),
  ),
);
