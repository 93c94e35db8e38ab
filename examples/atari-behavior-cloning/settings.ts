/** Training settings of the example. */

import type { ConvCfCOptions } from "ncps-ts/models";
import type { AdamOptions } from "ncps-ts/optimizers";
import type { CloningHyperparameters } from "ncps-ts/trainers";
import type { Given } from "../support/options.js";

/** Hyper-parameters of the two sizes. */
export const sizes = {
  small: {
    epochs: 6,
    model: { encoder: "impala", batchNorm: false, scale: 1 / 32 },
    training: { batchSize: 4, learningRate: "lin_1e-3", maxGradNorm: 1 },
  },
  document: { epochs: 50, model: {}, training: { batchSize: 32, learningRate: 1e-4 } },
} as const satisfies Record<
  string,
  { epochs: number; model: Partial<ConvCfCOptions>; training: Partial<CloningHyperparameters> }
>;

/** Adam's options as in the framework of each tab. */
export function adamOf(form: Settings["form"]): AdamOptions {
  return form === "tf" ? { epsilon: 1e-7, epsilonMode: "keras" } : { epsilon: 1e-8, epsilonMode: "torch" };
}

export type Settings = ReturnType<typeof readSettings>;

/** Settings by the options of the command line. */
export function readSettings(given: Given) {
  const [env, data] = [given.text("env", "Arcade/Breakout-v0"), given.text("data")];
  const [balanced, cont] = [given.flag("balanced") ?? false, given.flag("cont") ?? false];
  const size = given.oneOf("size", ["small", "document"], "small");
  if (data === undefined && env !== "Arcade/Breakout-v0") {
    throw new Error(
      `--data: ${env} has no scripted player: give recorded sequences, or --data breakout to download`,
    );
  }
  const list = given.text("weights");
  const weights = list?.split(",").map(Number);
  if (weights && (balanced || !weights.every((weight) => weight >= 0))) {
    throw new Error(
      `--weights: expected numbers of at least 0 with commas between, without --balanced, received "${list}"`,
    );
  }
  const dagger = given.whole("dagger", 0);
  if (dagger > 0 && (!cont || data !== undefined)) {
    throw new Error("--dagger: needs a clone, from --cont, and the scripted player: give no --data");
  }
  return {
    ...{ env, data, size, balanced, weights, cont, dagger },
    form: given.oneOf("form", ["tf", "torch"], "tf"),
    epochs: given.whole("epochs", sizes[size].epochs),
    sequences: given.whole("sequences", 10_240, 8),
    noise: given.number("noise", 0.15, (noise) => noise >= 0 && noise < 1, "a number in [0, 1)"),
    mirror: size === "small" && env.includes("Breakout") && (given.flag("mirror") ?? true),
    render: given.flag("render") ?? false,
    out: given.text("out", "runs/cloning"),
    seed: given.whole("seed", 0),
  };
}
