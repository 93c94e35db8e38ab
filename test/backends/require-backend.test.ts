import * as tfl from "@tensorflow/tfjs-layers";
import { expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { LTCCell } from "../../src/cells/ltc-cell.js";
import { BackendError } from "../../src/core/errors.js";
import { CfC } from "../../src/layers/cfc.js";
import { PPOTrainer } from "../../src/trainers/ppo/ppo-trainer.js";

it.each<[string, () => unknown]>([
  ["a layer in a model", () => tfl.sequential({ layers: [new CfC({ units: 2, inputShape: [null, 3] })] })],
  ["the state of a layer", () => new CfC({ units: 2 }).initialState(1)],
  ["a CfC cell", () => new CfCCell({ units: 2 }).build(3)],
  ["an LTC cell", () => new LTCCell({ units: 2 }).build(3)],
  ["a trainer", () => new PPOTrainer({ env: "CartPole-v1" })],
])("%s says that useBackend() has to be called first", (_, make) => {
  expect(make).toThrow(BackendError);
  expect(make).toThrow(/call `await useBackend\(\)`/);
});
