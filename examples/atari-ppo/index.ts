/**
 * Conv-CfC PPO on Atari, after the ncps guide "Atari Reinforcement Learning (PPO)".
 * Run `npm start -- --help` for the options.
 */

import { Logger, PPOTrainer, useBackend } from "ncps-ts";
import { Dashboard, interruptCallback, registerAtari } from "ncps-ts/node";
import { playOneGame } from "./play.js";
import { readSettings, type Settings, trainerOptions, usage } from "./settings.js";

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) await main(settings);
  else console.log(usage);
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(settings: Settings): Promise<void> {
  const { env, cont, render, hours, preset, printEvery } = settings;
  const page = settings.page ? await Dashboard.open({ fps: 20 }) : undefined;
  if (page) console.log(`watch it at ${page.url}`);
  const backend = await useBackend();
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (!env.startsWith("Arcade/")) await registerAtari();

  const folder = `rl_ckpt/${env}`;
  const trainer = cont
    ? await PPOTrainer.load(`${folder}/checkpoint-${cont}`, trainerOptions(settings))
    : new PPOTrainer(trainerOptions(settings));
  const { model } = trainer;
  const parameters = [...model.variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  console.log(`${env}, preset ${preset}: ${parameters.toLocaleString("en")} parameters`);

  if (render) {
    for (;;) console.log(`game over: ${await playOneGame(trainer, settings, page)} points`);
  }

  const began = performance.now();
  let lastPrinted = Number.NEGATIVE_INFINITY;
  let checkpoint = "";
  const print = async (iteration: number, numTimesteps: number, meanReturn: number) => {
    checkpoint = String(iteration);
    const path = await trainer.save(`${folder}/checkpoint-${checkpoint}`);
    if (process.stdout.isTTY) process.stdout.write("\r\u001b[K"); // over the progress bar
    console.log(`Ran ${((performance.now() - began) / 3.6e6).toFixed(hours < 1 ? 3 : 1)} hours`);
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
    const points = await playOneGame(trainer, settings, page);
    console.log(`One game with the most probable actions: ${points} points`);
  }
  console.log(
    `Go on training:  npm start -- --env ${env} --preset ${preset} --cont ${checkpoint} --hours ${hours}`,
  );
  console.log(`Watch it play:   npm start -- --env ${env} --preset ${preset} --cont ${checkpoint} --render`);
  console.log("Real Atari:      npx ale-bindings install && npm start -- --env ALE/Breakout-v5");
  await trainer.close();
  await page?.close();
}
