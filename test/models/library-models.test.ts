import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  isLibraryModel,
  libraryModelFactory,
  libraryModelNames,
  MlpActorCritic,
  type TrainableModel,
} from "../../src/models/index.js";
import { Box, Discrete } from "../../src/spaces/index.js";

const vector = new Box({ low: -1, high: 1, shape: [4] });
const frames = new Box({ low: 0, high: 255, shape: [36, 36, 4], dtype: "uint8" });
const actionSpace = new Discrete(3);
const configs: Record<string, object> = { CfCActorCritic: { units: 4 }, LTCActorCritic: { units: 4 } };

it.each(libraryModelNames)("%s is made by its name, and known again", async (className) => {
  const makeModel = await libraryModelFactory<TrainableModel>({
    className,
    config: { ...configs[className] },
  });
  const observationSpace = /Conv|Nature|Dueling/.test(className) ? frames : vector;
  const model = makeModel({ observationSpace, actionSpace, seed: 0 });
  expect(model.toJSON().className).toBe(className);
  expect(isLibraryModel(model)).toBe(true);
  model.dispose();
});

it("a subclass is none of the library's, whatever it calls itself", () => {
  class Own extends MlpActorCritic {}
  const model = new Own({ observationSpace: vector, actionSpace });
  expect(model.toJSON().className).toBe("MlpActorCritic");
  expect(isLibraryModel(model)).toBe(false);
  model.dispose();
  expect(tf.memory().numTensors).toBe(0);
});

it.each(["Own", "constructor"])("a description of another class (%s) is refused", async (className) => {
  await expect(libraryModelFactory({ className, config: {} })).rejects.toThrow(
    /^className: expected one of CfCActorCritic, .* received (Own|constructor)$/,
  );
});
