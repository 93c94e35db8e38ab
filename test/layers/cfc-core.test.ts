import { describe, expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { WiredCfCCell } from "../../src/cells/wired-cfc-cell.js";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { type CfCCoreOptions, cfcConfig, createCfCCore, readCfCConfig } from "../../src/layers/cfc-core.js";
import { AutoNCP } from "../../src/wirings/index.js";

const wiring = new AutoNCP({ units: 8, outputSize: 2 });

/** What tfjs makes of a config when it saves a model: strings and names in snake case, and back in camel case. */
function saved(config: object): ReturnType<typeof cfcConfig> {
  const camel = (text: string) => text.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return JSON.parse(JSON.stringify(config), (key, value) =>
    typeof value === "string" && key !== "name" ? camel(value) : value,
  );
}

describe("createCfCCore", () => {
  it("makes a dense cell of units, a wired one of a wiring", () => {
    expect(createCfCCore({ units: 4 })).toBeInstanceOf(CfCCell);
    expect(createCfCCore({ wiring })).toBeInstanceOf(WiredCfCCell);
  });

  it.each<[string, CfCCoreOptions, RegExp]>([
    ["neither", {}, /units: expected units or a wiring, received neither/],
    ["both", { units: 4, wiring }, /units: cannot be combined with wiring/],
    [
      "a backbone with a wiring",
      { wiring, backboneUnits: 4 },
      /backboneUnits: cannot be combined with wiring/,
    ],
    ["recurrence without a wiring", { units: 4, recurrence: "wired" }, /recurrence: belongs to a wiring/],
  ])("refuses %s", (_, options, message) => {
    expect(() => createCfCCore(options)).toThrow(InvalidArgumentError);
    expect(() => createCfCCore(options)).toThrow(message);
  });
});

describe("cfcConfig and readCfCConfig", () => {
  it.each<[string, CfCCoreOptions]>([
    ["dense", { units: 3, mode: "no_gate", activation: "lecun_tanh", backboneUnits: 5, backboneLayers: 2 }],
    [
      "sparse",
      {
        units: 2,
        backboneLayers: 0,
        sparsityMask: [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
      },
    ],
    ["wired", { wiring, mode: "pure", recurrence: "wired" }],
  ])("bring the cell back from a saved model: %s", (_, options) => {
    const cell = createCfCCore(options);
    const again = createCfCCore(readCfCConfig(saved(cfcConfig(cell))) as CfCCoreOptions);
    expect(cfcConfig(again)).toEqual(cfcConfig(cell));
    expect(again.mode).toBe(cell.mode);
  });
});
