import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { MlpActorCritic, NatureActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { defaultModel } from "../../../src/trainers/ppo/default-model.js";

const made = (shape: number[]) =>
  defaultModel({
    observationSpace: new Box({ low: 0, high: 1, shape }),
    actionSpace: new Discrete(3),
    seed: 1,
  });

describe("defaultModel", () => {
  beforeAll(() => useBackend("wasm"));

  it("is an MLP for vectors, the Nature network for frames", () => {
    const [mlp, frames] = [made([4]), made([36, 36, 1])];
    expect(mlp).toBeInstanceOf(MlpActorCritic);
    expect(frames).toBeInstanceOf(NatureActorCritic);
    expect([mlp.distributionSize, mlp.stateSize, frames.stateSize]).toEqual([3, 0, 0]);
    mlp.dispose();
    frames.dispose();
  });

  it("asks for a network for other observations", () => {
    expect(() => made([2, 3])).toThrow(InvalidArgumentError);
    expect(() => made([2, 3])).toThrow(/no default network for observations \[2, 3\]: give one/);
  });
});
