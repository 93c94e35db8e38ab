/** Command line of the example. */

import { parseArgs } from "node:util";
import type { ConvCfCOptions } from "ncps-ts/models";
import type { AdamOptions } from "ncps-ts/optimizers";
import type { CloningHyperparameters } from "ncps-ts/trainers";

export const usage = `Behaviour cloning of an Atari expert with Conv-CfC

  node --import tsx examples/atari-behavior-cloning/index.ts [options]

  --env ID        Arcade/Breakout-v0 (built in, default), or with --data real
                  Atari such as ALE/Breakout-v5
  --data PLACE    recorded sequences: a folder or .zip (a path with a /), or a
                  published set such as "breakout", which is downloaded
                  (default: a scripted player is recorded)
  --size NAME     small: the guide's cheaper encoder, for two cores (default)
                  document: the guide's own network and settings, for a GPU
  --form NAME     tf (default) or torch: which tab of the guide. It decides the
                  network, Adam's form and what is printed
  --epochs N      default 6 (small) or 50 (document); 0 only plays
  --sequences N   sequences to record (default 10240), and a sixteenth of them
                  for validation
  --noise P       probability of a random action while half of them are recorded
                  (default 0.15): the data then show how to recover
  --no-mirror     do not swap left and right in half of the sequences, as the
                  small size does in Breakout
  --balanced      weigh the actions so that all count alike
  --weights LIST  weights of the actions in the loss, e.g. 1,1,7,7
  --cont          continue the run in --out: finish what Ctrl-C stopped, else
                  train for --epochs more
  --dagger N      with --cont: first the clone plays N sequences more, which
                  the expert labels (DAgger); they join the recorded ones
  --render        in the end, play one game after the other in the terminal
                  until Ctrl-C, as the guide does; in a pipe it is one game
  --out FOLDER    checkpoint and curve (default runs/cloning)
  --seed N        seed of everything random (default 0)
  --help          this text`;

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

export interface Settings {
  env: string;
  data: string | undefined;
  size: keyof typeof sizes;
  form: "tf" | "torch";
  epochs: number;
  sequences: number;
  noise: number;
  mirror: boolean;
  balanced: boolean;
  weights: number[] | undefined;
  cont: boolean;
  dagger: number;
  render: boolean;
  out: string;
  seed: number;
}

/** Reads the command line; returns `null` when help is requested. */
export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      env: { type: "string", default: "Arcade/Breakout-v0" },
      data: { type: "string" },
      size: { type: "string", default: "small" },
      form: { type: "string", default: "tf" },
      epochs: { type: "string" },
      sequences: { type: "string", default: "10240" },
      noise: { type: "string", default: "0.15" },
      "no-mirror": { type: "boolean", default: false },
      balanced: { type: "boolean", default: false },
      weights: { type: "string" },
      cont: { type: "boolean", default: false },
      dagger: { type: "string", default: "0" },
      render: { type: "boolean", default: false },
      out: { type: "string", default: "runs/cloning" },
      seed: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const { env, data, balanced, cont, render, out } = values;
  const size = oneOf("--size", values.size, Object.keys(sizes) as Settings["size"][]);
  const form = oneOf("--form", values.form, ["tf", "torch"] as const);
  const whole = (name: string, text: string, least: number) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`${name}: expected a whole number from ${least} on, received "${text}"`);
    }
    return value;
  };
  const epochs = whole("--epochs", values.epochs ?? String(sizes[size].epochs), 0);
  const sequences = whole("--sequences", values.sequences, 8);
  const noise = Number(values.noise);
  if (!(noise >= 0 && noise < 1)) {
    throw new Error(`--noise: expected a number in [0, 1), received "${values.noise}"`);
  }
  if (data === undefined && env !== "Arcade/Breakout-v0") {
    throw new Error(
      `--data: ${env} has no scripted player: give recorded sequences, or --data breakout to download`,
    );
  }
  const weights = values.weights?.split(",").map(Number);
  if (weights && (balanced || !weights.every((weight) => weight >= 0))) {
    throw new Error(
      `--weights: expected numbers of at least 0 with commas between, without --balanced, received "${values.weights}"`,
    );
  }
  const dagger = whole("--dagger", values.dagger, 0);
  if (dagger > 0 && (!cont || data !== undefined)) {
    throw new Error("--dagger: needs a clone, from --cont, and the scripted player: give no --data");
  }
  return {
    env,
    data,
    size,
    form,
    epochs,
    sequences,
    noise,
    mirror: size === "small" && env.includes("Breakout") && !values["no-mirror"],
    balanced,
    weights,
    cont,
    dagger,
    render,
    out,
    seed: whole("--seed", values.seed, 0),
  };
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(value)) return value as T;
  throw new Error(`${name}: expected ${known.join(", ")}, received "${value}"`);
}
