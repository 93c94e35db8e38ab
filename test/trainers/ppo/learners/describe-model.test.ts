import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../../src/core/errors.js";
import { type ActorCritic, CfCActorCritic, libraryModelFactory } from "../../../../src/models/index.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../../src/spaces/index.js";
import { describeModel } from "../../../../src/trainers/ppo/learners/describe-model.js";

const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [3] }), actionSpace: new Discrete(2) };

describe("describeModel", () => {
  beforeAll(() => useBackend("wasm"));

  it("describes a network of the library, so that another thread can create its like", async () => {
    const model = new CfCActorCritic({ ...spaces, units: 5, hiddenUnits: [4], seed: 1 });
    const sent = structuredClone(describeModel(model, undefined));
    const makeModel = await libraryModelFactory<ActorCritic>(sent as never);
    const again = makeModel({ ...spaces, seed: 2 });
    const shapes = (each: ActorCritic) => [...each.variables].map(([name, { shape }]) => [name, shape]);
    expect(shapes(again)).toEqual(shapes(model));
    model.dispose();
    again.dispose();
  });

  it("names the module of a network of one's own, or asks for it", () => {
    class Mine {
      toJSON() {
        return { className: "Mine", config: {} };
      }
    }
    const mine = new Mine() as unknown as ActorCritic;
    const module = new URL("file:///own-model.js");
    expect(describeModel(mine, { module, export: "makeModel" })).toEqual({
      module: "file:///own-model.js",
      export: "makeModel",
    });
    expect(describeModel(mine, { module: "own" })).toEqual({ module: "own", export: "default" });
    expect(() => describeModel(mine, undefined)).toThrow(InvalidArgumentError);
    expect(() => describeModel(mine, undefined)).toThrow(/learnerModel.*CfCActorCritic.*received Mine/s);
  });
});
