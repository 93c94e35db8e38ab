import { beforeAll, describe, expect, it } from "vitest";
import { make } from "../../../src/envs/registry.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  arcadeBreakoutPPO,
  cartPoleNoVelPPO,
  cartPolePPO,
  cleanrlAtariPPO,
  cleanrlContinuousPPO,
  labmlBreakoutPPO,
  type PPOOptions,
  PPOTrainer,
  pendulumPPO,
  ppoDefaults,
  rllibAtariPPO,
  smallAtariPPO,
} from "../../../src/trainers/index.js";
import { standardizeMinibatch } from "../../../src/trainers/ppo/learners/shares.js";
import { lossMonitors } from "../../../src/trainers/ppo/loss-monitors.js";
import { resolvePPOOptions, valueClipOf } from "../../../src/trainers/ppo/ppo-options.js";
import { endsAfterEpoch, endsBeforeStep } from "../../../src/trainers/ppo/target-kl.js";
import "../../../src/envs/arcade/index.js";

beforeAll(() => useBackend("wasm"));

async function train(
  options: Partial<PPOOptions>,
): Promise<{ rows: LogRow[]; weights: number[]; made: PPOTrainer }> {
  const rows: LogRow[] = [];
  const made = new PPOTrainer({
    env: "CartPole-v1",
    numEnvs: 2,
    numSteps: 16,
    batchSize: 16,
    nEpochs: 3,
    seed: 2,
    ...options,
  });
  await made.learn({ totalTimesteps: 96, logger: new Logger([{ write: (row) => rows.push(row) }]) });
  const weights = [...made.model.variables.values()].flatMap((variable) => [...variable.dataSync()]);
  await made.close();
  return { rows, weights, made };
}

describe("presets follow the conventions of their sources", () => {
  const sb3 = { valueLossScale: 1, targetKlCheck: "minibatch", klEstimator: "k3" };
  const cleanrl = {
    valueClip: "value-change",
    valueLossScale: 0.5,
    targetKlCheck: "last-minibatch",
    klEstimator: "k3",
  };
  it.each([
    [
      "cartPolePPO: SB3",
      cartPolePPO,
      {
        ...sb3,
        valueClip: null,
        vfCoef: 0.5,
        entCoef: 0,
        normalizeAdvantage: ppoDefaults.normalizeAdvantage,
      },
    ],
    ["cartPoleNoVelPPO: SB3", cartPoleNoVelPPO, { ...sb3, valueClip: null, vfCoef: 0.25 }],
    ["smallAtariPPO: SB3", smallAtariPPO, { ...sb3, valueClip: null, vfCoef: 0.25 }],
    ["arcadeBreakoutPPO: SB3", arcadeBreakoutPPO, { ...sb3, valueClip: null, vfCoef: 0.25 }],
    [
      "cleanrlAtariPPO: CleanRL",
      cleanrlAtariPPO,
      { ...cleanrl, clipRangeVf: 0.1, vfCoef: 0.5, bootstrapTruncated: false },
    ],
    [
      "cleanrlContinuousPPO: CleanRL",
      cleanrlContinuousPPO,
      { ...cleanrl, clipRangeVf: 0.2, vfCoef: 0.5, bootstrapTruncated: false },
    ],
    [
      "pendulumPPO: CleanRL's loss without clipped values",
      pendulumPPO,
      { valueClip: "none", valueLossScale: 0.5, bootstrapTruncated: true },
    ],
    [
      "labmlBreakoutPPO: labml",
      labmlBreakoutPPO,
      {
        valueClip: "value-change",
        clipRangeVf: "lin_0.1",
        valueLossScale: 0.5,
        vfCoef: 0.5,
        klEstimator: "k2",
      },
    ],
    [
      "rllibAtariPPO: RLlib",
      rllibAtariPPO,
      { valueClip: "squared-error", clipRangeVf: 10, valueLossScale: 1, vfCoef: 1 },
    ],
  ])("%s", (_, preset, expected) => {
    expect(resolvePPOOptions(preset as PPOOptions).hyperparameters).toMatchObject(expected);
  });

  it("vfCoef ½ with half the squared error equals vfCoef ¼ with the whole one, bit for bit", async () => {
    const halved = await train({ valueLossScale: 0.5, vfCoef: 0.5 });
    expect((await train({ vfCoef: 0.25 })).weights).toEqual(halved.weights);
    expect((await train({ vfCoef: 0.5 })).weights).not.toEqual(halved.weights);
  });

  it("cleanrlAtariPPO wraps single frames as CleanRL does: skipped, rewards as signs, statistics inside", () => {
    const env = cleanrlAtariPPO.wrapper!(make("Arcade/Breakout-v0", { frameskip: 1 }), 0);
    const names: string[] = [];
    for (let inner: unknown = env; inner; inner = (inner as { env?: unknown }).env)
      names.push(inner.constructor.name);
    expect(names.slice(0, -1)).toEqual([
      "FrameStack",
      "ClipReward",
      "WarpFrame",
      "FireReset",
      "EpisodicLife",
      "MaxAndSkip",
      "NoopReset",
      "RecordEpisodeStatistics",
    ]);
    env.close();
  });
});

describe("options with SB3's names", () => {
  it("clip values only if clipRangeVf is given", () => {
    expect(valueClipOf(ppoDefaults)).toBe("none");
    expect(valueClipOf({ valueClip: null, clipRangeVf: 0.2 })).toBe("clipped-value");
    expect(valueClipOf({ valueClip: "value-change", clipRangeVf: null })).toBe("value-change");
    expect(resolvePPOOptions({ clipRangeVf: 0.3 }).schedules.clipRangeVf.value(0)).toBe(0.3);
  });

  it("accept normalizeAdvantage as true or false", () => {
    const of = (normalizeAdvantage: boolean) =>
      resolvePPOOptions({ normalizeAdvantage }).hyperparameters.normalizeAdvantage;
    expect(of(true)).toEqual({ over: "minibatch", ddof: 1, epsilon: 1e-8 });
    expect(of(false)).toBeNull();
  });

  it("leave the advantage of a minibatch of one step unchanged", () => {
    const options = { ddof: 1, epsilon: 1e-8 } as const;
    expect([...standardizeMinibatch(Float32Array.of(3), options)]).toEqual([3]);
    expect(standardizeMinibatch(Float32Array.of(1, 3), options)[1]).toBeCloseTo(Math.SQRT1_2, 6);
  });
});

describe("targetKl", () => {
  const minibatch = (approxKl: number) => lossMonitors.map((name) => (name === "approxKl" ? approxKl : 0));
  const epoch = [0.005, 0.02, 0.016].map(minibatch);

  it("minibatch: checked before the step of a minibatch, as in SB3", () => {
    const options = { targetKl: 0.01, targetKlCheck: "minibatch" } as const;
    expect([0.0149, 0.0151].map((kl) => endsBeforeStep(minibatch(kl), options))).toEqual([false, true]);
    expect(endsAfterEpoch(epoch, options)).toBe(false);
    expect(endsBeforeStep(minibatch(9), { ...options, targetKl: null })).toBe(false);
  });

  it("last-minibatch: exceeded by the last minibatch of an epoch, as in CleanRL", () => {
    const options = { targetKl: 0.015, targetKlCheck: "last-minibatch" } as const;
    expect(endsAfterEpoch(epoch, options)).toBe(true);
    expect(endsAfterEpoch(epoch.slice(0, 1), options)).toBe(false);
    expect(endsBeforeStep(minibatch(9), options)).toBe(false);
  });

  it("epoch: exceeded 1.5 times by the mean of an epoch", () => {
    expect(endsAfterEpoch(epoch, { targetKl: 0.009, targetKlCheck: "epoch" })).toBe(true);
    expect(endsAfterEpoch(epoch, { targetKl: 0.0092, targetKlCheck: "epoch" })).toBe(false);
  });
});

describe("the log of an update", () => {
  it("estimates the KL divergence as klEstimator says", async () => {
    const [k2, k3] = [await train({ klEstimator: "k2" }), await train({})];
    expect(k2.weights).toEqual(k3.weights);
    const of = ({ rows }: typeof k2, key: string) => rows.at(-1)![key] as number;
    expect(of(k2, "train/approx_kl")).not.toBe(of(k3, "train/approx_kl"));
    expect(of(k2, "train/approx_kl") / of(k3, "train/approx_kl")).toBeCloseTo(1, 0);
    expect(of(k3, "train/approx_kl")).toBeGreaterThan(of(k3, "train/approx_kl_mean")); // the last epoch has the largest KL
  });

  it("counts epochs, also across checkpoints", async () => {
    const { rows } = await train({ targetKl: 1e-9, learningRate: 0.01 });
    expect(rows.map((row) => row["train/n_updates"])).toEqual([1, 2, 3]);
    expect((await train({})).rows.map((row) => row["train/n_updates"])).toEqual([3, 6, 9]);
  });

  it("contains the standard deviation after the update", async () => {
    const rows: LogRow[] = [];
    const made = new PPOTrainer({ env: "Pendulum-v1", numEnvs: 2, numSteps: 16, batchSize: 16, seed: 2 });
    await made.learn({ totalTimesteps: 64, logger: new Logger([{ write: (row) => rows.push(row) }]) });
    const [logStd] = made.model.variables.get("policy_head/log_std")!.dataSync();
    expect(rows.at(-1)!["train/std"]).toBeCloseTo(Math.exp(logStd), 6);
    expect(rows.at(-1)!["train/std"]).not.toBe(1);
    await made.close();
  });
});
