/**
 * Behaviour cloning with Conv-CfC, after the ncps guide "Atari Behavior Cloning".
 * Run it with --help for the options.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  balancedClassWeights,
  type CloningOptions,
  CloningTrainer,
  ClosedLoopCallback,
  ConvCfC,
  runClosedLoop,
  useBackend,
} from "ncps-ts";
import { interruptCallback, registerAtari } from "ncps-ts/node";
import { drawCurve, type Point } from "./curve.js";
import { expertScore, openData, openGame, recordClone } from "./game.js";
import { readSettings, type Settings, sizes, usage } from "./settings.js";

// Whole games that the clone plays in the end, and the expert too.
const GAMES = 16;
// NOOP, FIRE, and RIGHT and LEFT, of which each is the other in a mirror.
const MIRROR = [0, 1, 3, 2];

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) await main(settings);
  else console.log(usage);
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(settings: Settings): Promise<void> {
  const { env: id, size, form, epochs, balanced, cont, out, seed } = settings;
  const backend = await useBackend();
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (!id.startsWith("Arcade/")) await registerAtari();
  mkdirSync(out, { recursive: true });

  const env = openGame(settings);
  if (env.actionSpace.kind !== "discrete") throw new Error(`${id}: expected discrete actions`);
  const numActions = env.actionSpace.n;
  const checkpoint = join(out, "checkpoint");
  if (settings.dagger > 0) {
    const { train: dataset, place } = await openData(settings);
    const clone = await CloningTrainer.load(checkpoint, { dataset });
    await recordClone(clone, place, settings, dataset.size);
    await clone.close();
  }
  const { train, val } = await openData(settings);
  const options: Omit<CloningOptions, "model"> = {
    ...sizes[size].training,
    ...(settings.mirror && { mirrorActions: MIRROR }),
    ...(balanced && { classWeights: balancedClassWeights(await train.actionCounts(numActions)) }),
    ...(settings.weights && { classWeights: settings.weights }),
    dataset: train,
    valDataset: val,
    seed,
  };
  const points = join(out, "curve.json");
  // Where Ctrl-C leaves a training, within an epoch too. It is finished first; then there are new goals.
  const unfinished = join(out, "unfinished");
  const finishing = cont && settings.dagger === 0 && existsSync(unfinished);
  const trainer = finishing
    ? await CloningTrainer.resume(unfinished, options)
    : cont
      ? await CloningTrainer.load(checkpoint, options)
      : new CloningTrainer({
          ...options,
          model: new ConvCfC({ numActions, form, seed, ...sizes[size].model }),
        });
  if (finishing) console.log(`Finishing what was stopped after ${trainer.iterations} minibatches`);
  const parameters = [...trainer.model.variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  console.log(
    `${train.size} + ${val.size} sequences, ${size} ${form}: ${parameters.toLocaleString("en")} parameters`,
  );

  const curve: Point[] = cont && existsSync(points) ? JSON.parse(readFileSync(points, "utf8")) : [];
  const closedLoop = new ClosedLoopCallback({
    env,
    seed: seed + 1,
    onRun({ returns }) {
      const meanReturn = mean(returns);
      console.log(`Mean return ${meanReturn} (n=${returns.length})`);
      curve.push({ valAccuracy: trainer.lastEpoch?.valAccuracy ?? 0, meanReturn });
      writeFileSync(points, JSON.stringify(curve));
      const title = `Behaviour cloning on ${id}, ${size} ${form}, ${parameters.toLocaleString("en")} weights`;
      writeFileSync(join(out, "curve.svg"), drawCurve(curve, title));
    },
  });
  let [losses, minibatches] = [0, 0];
  const interruption = interruptCallback();
  await trainer.learn({
    ...(!finishing && { epochs }),
    callbacks: [
      interruption,
      {
        onUpdateEnd(_, row) {
          losses += row["train/loss"] as number;
          minibatches++;
          if (!process.stdout.isTTY) return;
          const done = `${1 + ((trainer.iterations - 1) % trainer.batchesPerEpoch)}/${trainer.batchesPerEpoch}`;
          process.stdout.write(`\r\u001b[Kloss=${(losses / minibatches).toPrecision(4)}: ${done}`);
        },
      },
      closedLoop,
      {
        last: true,
        async onUpdateEnd(_, row) {
          if (!("train/epoch_loss" in row)) return;
          await trainer.save(checkpoint);
          rmSync(unfinished, { recursive: true, force: true });
        },
        async onTrainingEnd() {
          if (interruption.signal) await trainer.save(unfinished);
        },
      },
    ],
    onEpochEnd({ epoch, loss, accuracy, valLoss, valAccuracy }) {
      if (process.stdout.isTTY) process.stdout.write("\r\u001b[K"); // over the running loss
      [losses, minibatches] = [0, 0];
      const { user, system } = process.cpuUsage();
      const seconds = ((user + system) / 1e6).toFixed(0);
      console.log(
        `loss=${loss.toPrecision(4)}, acc=${(100 * accuracy).toFixed(2)}%, ${seconds} s of processor time`,
      );
      console.log(
        `Epoch ${epoch + 1}, val_loss=${valLoss.toPrecision(4)}, val_acc=${(100 * valAccuracy).toFixed(2)}%`,
      );
    },
  });

  if (interruption.signal) {
    console.log(`\nStopped after ${trainer.iterations} minibatches and saved; --cont finishes it: ${out}`);
    await trainer.close();
    env.close();
    return;
  }
  const { gameReturns } = await runClosedLoop(trainer, env, { numGames: GAMES, seed: seed + 2 });
  console.log(`Scores of whole games: ${gameReturns.join(" ")}, mean ${mean(gameReturns).toFixed(1)}`);
  if (settings.data === undefined) {
    const score = expertScore(GAMES, seed + 2);
    console.log(
      `The expert's mean score: ${score.toFixed(1)}; the clone has ${((100 * mean(gameReturns)) / score).toFixed(0)} % of it`,
    );
  }
  console.log(`Curve and checkpoint: ${out}`);
  await trainer.close();
  env.close();
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
