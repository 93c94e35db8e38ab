/**
 * Conv-CfC PPO on Atari, after the ncps guide "Atari Reinforcement Learning (PPO)".
 * Run `node --import tsx examples/atari-ppo/index.ts --help` for the options.
 */

import { type Env, make, PPOTrainer, useBackend } from "ncps-ts";
import { Logger } from "ncps-ts/logging";
import { Dashboard, interruptCallback, registerAtari } from "ncps-ts/node";
import { RecordEpisodeStatistics } from "ncps-ts/wrappers";
import { parametersOf } from "../support/parameters.js";
import { runExample } from "../support/run-example.js";
import { playForever, playOneGame } from "../support/watch.js";
import { readSettings, type Settings } from "./settings.js";
import { usage } from "./usage.js";

const program = "node --import tsx examples/atari-ppo/index.ts";
await runExample({ usage, settings: readSettings, main });

async function main(settings: Settings): Promise<void> {
  const { env, cont, render, hours, preset, printEvery, options } = settings;
  const { seed = 0 } = options;
  const page = settings.page
    ? await Dashboard.open({ fps: 20, title: preset, details: { env, seed } })
    : undefined;
  if (page) console.log(`watch it at ${page.url}`);
  const backend = await useBackend();
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (!env.startsWith("Arcade/")) await registerAtari();

  const folder = `rl_ckpt/${env}`;
  const trainer = cont
    ? await PPOTrainer.load(`${folder}/checkpoint-${cont}`, options)
    : new PPOTrainer(options);
  console.log(`${env}, preset ${preset}: ${parametersOf(trainer.model)}`);

  const game = { policy: trainer, env: openGame(settings), seed, page };
  if (render) {
    if (!cont) console.error("without --cont an untrained policy plays");
    await playForever(game);
    game.env.close();
    await trainer.close();
    return;
  }

  const began = performance.now();
  let lastPrinted = Number.NEGATIVE_INFINITY;
  let checkpoint = "";
  const decimals = preset === "document" || hours >= 1 ? 1 : 3;
  const print = async (iteration: number, numTimesteps: number, meanReturn: number) => {
    checkpoint = String(iteration);
    const path = await trainer.save(`${folder}/checkpoint-${checkpoint}`);
    console.log(`Ran ${((performance.now() - began) / 3.6e6).toFixed(decimals)} hours`);
    console.log(`    sampled ${(numTimesteps / 1000).toFixed(0)}k steps`);
    console.log(`    policy reward: ${Number.isNaN(meanReturn) ? "nan" : meanReturn.toFixed(1)}`);
    console.log(`    saved checkpoint '${path}'`);
  };
  const interrupt = interruptCallback();
  await trainer.learn({
    hours,
    progressBar: process.stdout.isTTY,
    logger: new Logger(page ? [page] : []),
    callbacks: [
      interrupt,
      ...(page ? [page.callback()] : []),
      {
        async onUpdateEnd({ iterations, numTimesteps, meanReturn, elapsedSeconds, progress }) {
          if (elapsedSeconds - lastPrinted < printEvery && progress < 1) return;
          lastPrinted = elapsedSeconds;
          await print(iterations, numTimesteps, meanReturn);
        },
        async onTrainingEnd({ iterations, numTimesteps, meanReturn }, failure) {
          if (interrupt.signal && !failure) await print(iterations, numTimesteps, meanReturn);
        },
      },
    ],
  });

  if (!interrupt.signal) {
    const points = await playOneGame(game);
    console.log(`One game with the most probable actions: ${points} points`);
  }
  const command = `${program} --env ${env} --preset ${preset} --cont ${checkpoint}`;
  console.log(`Continue training:\n  ${command} --hours ${hours}`);
  console.log(`Watch it play:\n  ${command} --render`);
  console.log(`Real Atari:\n  npx ale-bindings install && ${program} --env ALE/Breakout-v5`);
  game.env.close();
  await trainer.close();
  await page?.close();
}

/** The game with the policy's wrappers, recording complete games. */
function openGame({ env, options }: Settings): Env {
  const game = new RecordEpisodeStatistics(make(env, options.envOptions));
  return options.wrapper ? options.wrapper(game, 0) : game;
}
