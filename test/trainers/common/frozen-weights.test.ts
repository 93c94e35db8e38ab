import type * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { CfC } from "../../../src/layers/cfc.js";
import type { ImpalaConvBlock } from "../../../src/layers/impala-conv-block.js";
import { Linear } from "../../../src/layers/linear.js";
import { MLP } from "../../../src/layers/mlp.js";
import { SequentialQNetwork, type SpacesOptions } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  CloningTrainer,
  cartPoleDQN,
  cartPolePPO,
  DQNTrainer,
  PPOTrainer,
} from "../../../src/trainers/index.js";
import { barData, smallModel } from "../cloning-scenario.js";
import { makeFrozen } from "../frozen-model.js";

beforeAll(() => useBackend("wasm"));

type Named = { variables: ReadonlyMap<string, tf.Variable> };
const values = ({ variables }: Named) =>
  [...variables].map(([name, v]) => [name, [...v.dataSync()]] as const);
const changed = (model: Named, before: ReturnType<typeof values>) =>
  values(model)
    .filter(([, now], i) => now.some((value, j) => value !== before[i][1][j]))
    .map(([name]) => name);

const rows = { seed: 3, env: "CartPole-v1" } as const;
const ppo = {
  ...cartPolePPO,
  ...rows,
  numEnvs: 4,
  numSteps: 16,
  batchSize: 32,
  nEpochs: 2,
  model: makeFrozen,
};

describe("weights of layers with trainable: false", () => {
  it("stay bit-equal through PPO, its checkpoints and a resumed training, until they are trainable again", async () => {
    const trainer = new PPOTrainer(ppo);
    const before = values(trainer.model);
    await trainer.learn({ totalTimesteps: 128 });
    expect(changed(trainer.model, before).sort()).toEqual([
      "policy/bias",
      "policy/kernel",
      "value/bias",
      "value/kernel",
    ]);
    const store = new MemoryCheckpointStore();
    await trainer.save({ store, name: "run" });
    const again = await PPOTrainer.load({ store, name: "run" }, { env: rows.env, model: makeFrozen });
    expect(changed(again.model, values(trainer.model))).toEqual([]);
    for (const one of [trainer, again]) await one.learn({ totalTimesteps: 128 });
    expect(values(again.model)).toEqual(values(trainer.model));
    const frozen = before.filter(([name]) => name.startsWith("mlp/"));
    expect(frozen.length).toBe(2);
    expect(values(again.model).filter(([name]) => name.startsWith("mlp/"))).toEqual(frozen);

    (again.model as unknown as { parts: { encoder: MLP } }).parts.encoder.trainable = true;
    await again.learn({ totalTimesteps: 64 });
    expect(changed(again.model, before).length).toBe(6);
    await trainer.close();
    await again.close();
  });

  it("stay bit-equal through DQN", async () => {
    const trainer = new DQNTrainer({
      ...cartPoleDQN,
      ...rows,
      learningStarts: 20,
      batchSize: 8,
      stepsPerIteration: 50,
      model: ({ observationSpace, actionSpace }) =>
        new SequentialQNetwork(
          { observationSpace, actionSpace },
          () => [
            new MLP({ hiddenUnits: [8], seed: 0, trainable: false }),
            new Linear({ name: "q", units: 2, seed: 1 }),
          ],
          { className: "Frozen", config: {} },
        ),
    });
    const before = values(trainer.model);
    await trainer.learn({ totalTimesteps: 300 });
    expect(changed(trainer.model, before).sort()).toEqual(["q/bias", "q/kernel"]);
    await trainer.close();
  });

  it("stay bit-equal through cloning, including the statistics of batch normalisation", async () => {
    const model = smallModel({ encoder: "impala", filters: undefined });
    (model as unknown as { encoder: ImpalaConvBlock }).encoder.trainable = false;
    const [before, statistics] = [values(model), values({ variables: model.statistics })];
    const trainer = new CloningTrainer({ ...(await barData()), model, batchSize: 3, seed: 5 });
    await trainer.learn({ epochs: 1 });
    const moved = changed(model, before);
    expect(moved.length).toBeGreaterThan(2);
    expect(moved.filter((name) => name.startsWith("conv_block/"))).toEqual([]);
    expect(statistics.length).toBeGreaterThan(0);
    expect(changed({ variables: model.statistics }, statistics)).toEqual([]);
    await trainer.close();
  });

  it("throw when no weight is trainable", async () => {
    const frozen = (spaces: SpacesOptions) => {
      const model = makeFrozen(spaces);
      for (const variable of model.variables.values()) variable.trainable = false;
      return model;
    };
    const trainer = new PPOTrainer({ ...ppo, model: frozen });
    const learning = trainer.learn({ totalTimesteps: 64 });
    await expect(learning).rejects.toThrow(InvalidArgumentError);
    await expect(learning).rejects.toThrow(
      /model: expected a weight to train, received 6 that are all frozen/,
    );
    await trainer.close();
  });

  it("are non-trainable variables, whether the layer is built before or after trainable is set", () => {
    const core = new CfC({ units: 4, mixedMemory: true, seed: 0, trainable: false });
    core.build([null, null, 3]);
    const flags = () => [...core.variables.values()].map(({ trainable }) => trainable);
    expect(new Set(flags())).toEqual(new Set([false]));
    core.trainable = true;
    expect(new Set(flags())).toEqual(new Set([true]));
    expect(core.trainableWeights.length).toBe(core.variables.size);
    core.dispose();
  });
});
