import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { classifierPolicy } from "../../../src/trainers/cloning/classifier-policy.js";
import { smallModel } from "../cloning-scenario.js";

const frames = (batch: number) => {
  const random = new Random(5);
  return Uint8Array.from({ length: batch * 36 * 36 * 4 }, () => random.integer(256));
};

describe("classifierPolicy", () => {
  beforeAll(() => useBackend("wasm"));

  it("takes the most probable actions, hands states on, and leaves no tensors", async () => {
    const model = smallModel();
    const policy = classifierPolicy(model);
    const observations = frames(2);
    await policy.predict(observations); // makes the constants that stay
    const before = tf.memory().numTensors;
    const first = await policy.predict(observations, { deterministic: true });
    expect(tf.memory().numTensors).toBe(before);
    const second = await policy.predict(observations, { deterministic: true, state: first.state });
    const logits = tf.tidy(() => {
      const x = tf.tensor(observations, [2, 36, 36, 4]);
      return model.apply(tf.stack([x, x], 1)).logits.arraySync();
    });
    for (const [step, { actions }] of [first, second].entries()) {
      const best = logits.map((row) => row[step].indexOf(Math.max(...row[step])));
      expect([...actions]).toEqual(best);
    }
    expect(first.state).toHaveLength(2 * model.stateSize);
    expect(second.state).not.toEqual(first.state);
    model.dispose();
  });

  it("draws from its generator otherwise, the same for the same seed", async () => {
    const model = smallModel();
    const draw = async (seed: number) => {
      const policy = classifierPolicy(model, new Random(seed));
      return [...(await policy.predict(frames(16))).actions];
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    await expect(classifierPolicy(model).predict(new Uint8Array(5))).rejects.toThrow(ShapeError);
    model.dispose();
  });
});
