/**
 * Dueling double DQN on Space Invaders, after "Atari Space Invaders and Dueling Q RL in TensorFlow 2". Learns the
 * built-in game in a few minutes:
 *
 *     node --import tsx examples/space-invaders-dqn/index.ts [--help]
 */

import { DQNTrainer, evaluatePolicy, makeVecEnv, useBackend } from "ncps-ts";
import { interruptCallback, openRun, registerAtari } from "ncps-ts/node";
import { StopTrainingOnMaxEpisodes } from "ncps-ts/trainers";
import { parametersOf } from "../support/parameters.js";
import { runExample } from "../support/run-example.js";
import { reportEpisodes } from "./episodes.js";
import { withGifs } from "./gifs.js";
import { readSettings, type Settings } from "./settings.js";
import { usage } from "./usage.js";

await runExample({ usage, settings: readSettings, main });

async function main(settings: Settings): Promise<void> {
  const { env, preset, folder, restartBehavior, saveMinutes, goal, episodes } = settings;
  const backend = await useBackend();
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (!env.startsWith("Arcade/")) await registerAtari();

  const run = await openRun(folder, { restartBehavior, table: false, config: { env, preset } });
  const options = withGifs(settings, run.path);
  const trainer = run.resumeFrom ? await DQNTrainer.resume(run.resumeFrom, options) : new DQNTrainer(options);
  const gigabytes = (trainer.memory.byteLength / 1e9).toFixed(2);
  console.log(`${env}, preset ${preset}: ${parametersOf(trainer.model)}, replay memory ${gigabytes} GB`);
  console.log(`run folder: ${run.path}`);

  await trainer.learn({
    ...(run.resumeFrom === undefined && goal),
    logger: run.logger,
    callbacks: [
      reportEpisodes(trainer, run.path),
      ...(episodes === undefined ? [] : [new StopTrainingOnMaxEpisodes({ maxEpisodes: episodes })]),
      {
        onUpdateEnd({ numTimesteps, meanReturn, elapsedSeconds }) {
          const minutes = (elapsedSeconds / 60).toFixed(1);
          console.log(
            `${numTimesteps} steps, ${minutes} min: mean of the last 100 games ${meanReturn.toFixed(1)}`,
          );
        },
      },
      interruptCallback(),
      run.checkpoints({ everyMinutes: saveMinutes, keepLast: 1, keepBest: 1 }),
    ],
  });

  if (process.exitCode === undefined) {
    const { envOptions, wrapper } = settings.options;
    const games = makeVecEnv(env, { numEnvs: 5, envOptions, wrapper });
    const { meanReturn, stdReturn } = await evaluatePolicy(trainer, games, { numEpisodes: 20, seed: 1000 });
    console.log(
      `20 games with the greedy actions: ${meanReturn.toFixed(1)} ± ${stdReturn.toFixed(1)} points`,
    );
    await games.close();
  }
  console.log(
    `Continue: node --import tsx examples/space-invaders-dqn/index.ts --env ${env} --preset ${preset} --run ${run.path} --cont`,
  );
  await trainer.close();
}
