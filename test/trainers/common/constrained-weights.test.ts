import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Block, type LayerShape } from "../../../src/layers/block.js";
import { Linear } from "../../../src/layers/linear.js";
import { LTC } from "../../../src/layers/ltc.js";
import { SequentialQNetwork } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { cartPoleDQN, cartPolePPO, DQNTrainer, PPOTrainer } from "../../../src/trainers/index.js";
import { makeLTCActorCritic } from "../ltc-model.js";

beforeAll(() => useBackend("wasm"));

// `[batch, features]` as sequences of one step.
class AsSequence extends Block {
  static className = "AsSequence";
  protected override createVariables(): void {}
  override forward(x: tf.Tensor): tf.Tensor {
    return tf.reshape(x, [x.shape[0], 1, x.shape[1]!]);
  }
  override computeOutputShape([batch, features]: LayerShape): LayerShape {
    return [batch, 1, features];
  }
}

const bounded = ["gleak", "cm", "w", "sensory_w"];
const least = ({ variables }: { variables: ReadonlyMap<string, tf.Variable> }) =>
  bounded.map((name) => Math.min(...variables.get(`ltc/${name}`)!.dataSync()));

describe("conductances and capacitances of an LTC without implicit constraints", () => {
  it("stay non-negative in every step of PPO", async () => {
    const trainer = new PPOTrainer({
      ...cartPolePPO,
      env: "CartPole-v1",
      numEnvs: 4,
      numSteps: 16,
      batchSize: 32,
      nEpochs: 4,
      learningRate: 0.05,
      seed: 3,
      model: makeLTCActorCritic,
    });
    await trainer.learn({ totalTimesteps: 256 });
    expect(Math.min(...least(trainer.model))).toBe(0);
    await trainer.close();
  });

  it("stay non-negative in every step of DQN", async () => {
    const trainer = new DQNTrainer({
      ...cartPoleDQN,
      env: "CartPole-v1",
      learningStarts: 20,
      batchSize: 8,
      stepsPerIteration: 50,
      learningRate: 0.05,
      seed: 3,
      model: ({ observationSpace, actionSpace }) =>
        new SequentialQNetwork(
          { observationSpace, actionSpace },
          () => [
            new AsSequence({}, "sequence"),
            new LTC({ units: 6, flavour: "tf", seed: 0 }),
            new Linear({ name: "q", units: 2, seed: 1 }),
          ],
          { className: "Constrained", config: {} },
        ),
    });
    await trainer.learn({ totalTimesteps: 300 });
    expect(Math.min(...least(trainer.model))).toBe(0);
    await trainer.close();
  });
});
