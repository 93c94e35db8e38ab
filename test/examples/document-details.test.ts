import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { adamOf } from "../../examples/atari-behavior-cloning/settings.js";
import { readSettings as readLabml } from "../../examples/labml-breakout-ppo/settings.js";
import { usage as labmlUsage } from "../../examples/labml-breakout-ppo/usage.js";
import { resize } from "../../examples/space-invaders-dqn/gif-size.js";
import { readSettings as readDueling } from "../../examples/space-invaders-dqn/settings.js";
import { usage as duelingUsage } from "../../examples/space-invaders-dqn/usage.js";
import { readOptions } from "../../examples/support/options.js";
import { Random } from "../../src/core/random.js";
import { SpaceInvadersEnv } from "../../src/envs/arcade/index.js";
import { make } from "../../src/envs/registry.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { DQNTrainer } from "../../src/trainers/index.js";

beforeAll(() => useBackend("cpu"));

const labmlSettings = (argv: string[]) => readLabml(readOptions(labmlUsage, argv)!);
const duelingSettings = (argv: string[]) => readDueling(readOptions(duelingUsage, argv)!);

describe("labml's PPO", () => {
  it("starts worker i from the seed 47 + i, and has games go on from there", () => {
    const { trainer } = labmlSettings([]);
    const open = () => make("Arcade/Breakout-v0", trainer.envOptions);
    for (const worker of [0, 3]) {
      const ours = trainer.wrapper!(open(), worker);
      const [{ observation }] = [ours.reset({ seed: 12345 })];
      const labml = labmlSettings(["--seed", String(47 + worker)]).trainer.wrapper!(open(), 0);
      expect(observation).toEqual(labml.reset({ seed: 1 }).observation);
      expect((ours as unknown as { seed: number }).seed).toBe(47 + worker);
    }
  });
});

describe("Adam of the cloning guide's tabs", () => {
  it("has Keras' form with tf, torch's with torch", () => {
    expect(adamOf("tf")).toEqual({ epsilon: 1e-7, epsilonMode: "keras" });
    expect(adamOf("torch")).toEqual({ epsilon: 1e-8, epsilonMode: "torch" });
  });
});

it("the dueling DQN learns from frames with quarters, which its memory keeps", async () => {
  await useBackend("wasm");
  const { options } = duelingSettings(["--preset", "document", "--quarters", "--memory", "100"]);
  const trainer = new DQNTrainer({ ...options, learningStarts: 40 });
  await trainer.learn({ totalTimesteps: 43 });
  expect(trainer.gradientSteps).toBe(3);
  expect(trainer.memory.byteLength).toBe(100 * 105 * 80 * 4);
  await trainer.close();
});

describe("the dueling DQN with the document's preset", () => {
  const settings = duelingSettings(["--env", "SpaceInvaders-v0", "--preset", "document"]);

  it("ends after a million episodes and has GIFs of 480 x 320", () => {
    expect(settings.episodes).toBe(1_000_000);
    expect(settings.goal).toEqual({ hours: Number.POSITIVE_INFINITY });
    expect(settings.gifSize).toEqual({ height: 480, width: 320 });
    const short = duelingSettings(["--env", "SpaceInvaders-v0", "--preset", "document", "--hours", "2"]);
    expect([short.episodes, short.goal]).toEqual([undefined, { hours: 2 }]);
  });

  it("resizes GIFs as TensorFlow does: bilinearly, with whole numbers cut off", () => {
    const random = new Random(5);
    const data = Uint8Array.from({ length: 21 * 16 * 3 }, () => random.integer(256));
    const ours = resize({ data, height: 21, width: 16 }, { height: 48, width: 32 });
    const image = tf.tensor3d(Float32Array.from(data), [21, 16, 3]);
    const theirs = tf.image.resizeBilinear(image, [48, 32], false, true).dataSync();
    // Where the exact value is whole, rounding may fall on either side.
    ours.data.forEach((value, i) => {
      expect(Math.abs(theirs[i] - 0.5 - value)).toBeLessThanOrEqual(0.5 + 1e-3);
    });
  });

  it("keeps quarters when asked to, like a bilinear resize to half the size", () => {
    const options = duelingSettings(["--preset", "document", "--quarters"]).options;
    const plain = duelingSettings(["--preset", "document"]).options;
    const [quarters, bytes] = [options, plain].map(({ wrapper }) => wrapper!(new SpaceInvadersEnv(), 0));
    const [exact, rounded] = [quarters, bytes].map((env) => env.reset({ seed: 3 }).observation);
    expect(exact).toBeInstanceOf(Float32Array);
    expect(quarters.observationSpace.shape).toEqual([105, 80, 3]);
    expect(exact.some((value) => !Number.isInteger(value))).toBe(true);
    exact.forEach((value, i) => {
      expect(Number.isInteger(4 * value)).toBe(true);
      expect(Math.floor(value + 0.5)).toBe(rounded[i]);
    });
  });
});
