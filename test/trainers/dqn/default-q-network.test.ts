import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { DuelingQNetwork, MlpQNetwork } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { defaultQNetwork } from "../../../src/trainers/dqn/default-q-network.js";

const made = (shape: number[], dueling: boolean) =>
  defaultQNetwork({
    observationSpace: new Box({ low: 0, high: 1, shape }),
    actionSpace: new Discrete(4),
    dueling,
    seed: 1,
  });

describe("defaultQNetwork", () => {
  beforeAll(() => useBackend("wasm"));

  it.each([true, false])("is an MLP for vectors, convolutions for frames; dueling %s", (dueling) => {
    const [mlp, frames] = [made([3], dueling), made([36, 36, 2], dueling)];
    expect(mlp).toBeInstanceOf(MlpQNetwork);
    expect(frames).toBeInstanceOf(DuelingQNetwork);
    for (const network of [mlp, frames]) {
      expect(network.numActions).toBe(4);
      expect(network.toJSON().config).toMatchObject({ dueling });
      network.dispose();
    }
  });

  it("asks for a network for other observations", () => {
    expect(() => made([2, 3], true)).toThrow(InvalidArgumentError);
    expect(() => made([2, 3], true)).toThrow(/no default network for observations \[2, 3\]: give one/);
  });
});
