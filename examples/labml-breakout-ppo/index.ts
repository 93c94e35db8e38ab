/**
 * PPO on Breakout after labml's annotated implementation (labml.ai, "PPO Experiment with Atari Breakout").
 * Run `node --import tsx examples/labml-breakout-ppo/index.ts --help` for the options.
 */

import { PPOTrainer, type TrainerCallback, useBackend } from "ncps-ts";
import type { LogRow } from "ncps-ts/logging";
import { interruptCallback, openRun, registerAtari } from "ncps-ts/node";
import { parametersOf } from "../support/parameters.js";
import { runExample } from "../support/run-example.js";
import { readSettings, type Settings } from "./settings.js";
import { usage } from "./usage.js";

await runExample({ usage, settings: readSettings, main });

async function main(settings: Settings): Promise<void> {
  const { env, updates, hours, trainer: options, restartBehavior } = settings;
  const backend = await useBackend();
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (!env.startsWith("Arcade/")) await registerAtari();

  const run = await openRun(settings.run, { restartBehavior, config: { env, updates }, table: false });
  const given = { model: options.model, wrapper: options.wrapper };
  const trainer = run.resumeFrom ? await PPOTrainer.resume(run.resumeFrom, given) : new PPOTrainer(options);
  const { numEnvs, numSteps } = trainer.hyperparameters;
  console.log(`${env}: ${parametersOf(trainer.model)}, run folder ${run.path}`);

  await trainer.learn({
    totalTimesteps: updates * numEnvs * numSteps,
    hours,
    logger: run.logger,
    callbacks: [interruptCallback(), run.checkpoints({ everyMinutes: 10, keepLast: 2 }), tracker(updates)],
  });
  await trainer.close();
  console.log(
    `The curve is in ${run.path}/progress.csv; to continue, run the same command with more updates.`,
  );
}

/**
 * Prints labml's tracked indicators, means over all minibatches of an update: one line, overwritten, and kept every
 * tenth of the training.
 */
function tracker(updates: number): TrainerCallback {
  const keepEvery = Math.max(1, Math.floor(updates / 10));
  const names: [label: string, key: string, sign: number][] = [
    ["reward", "rollout/ep_rew_mean", 1],
    ["length", "rollout/ep_len_mean", 1],
    ["policy_reward", "train/policy_gradient_loss", -1],
    ["value_loss", "train/value_loss", 1],
    ["entropy_bonus", "train/entropy_loss", -1],
    ["kl_div", "train/approx_kl_mean", 1],
    ["clip_fraction", "train/clip_fraction", 1],
  ];
  return {
    onUpdateEnd({ iterations }, row: LogRow) {
      const values = names.map(([label, key, sign]) => `${label}: ${(sign * row[key]).toPrecision(4)}`);
      const line = `${iterations.toLocaleString("en").padStart(6)}:  ${values.join("  ")}`;
      const kept = iterations % keepEvery === 0 || iterations === updates;
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}${kept ? "\n" : ""}`);
      else if (kept) console.log(line);
    },
  };
}
