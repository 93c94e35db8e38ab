/**
 * Behaviour cloning with Conv-CfC, after the ncps guide "Atari Behavior Cloning".
 * Run `node --import tsx examples/atari-behavior-cloning/index.ts --help` for the options.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloningTrainer, ConvCfC, useBackend } from "ncps-ts";
import { interruptCallback, registerAtari } from "ncps-ts/node";
import {
  balancedClassWeights,
  type CloningOptions,
  ClosedLoopCallback,
  runClosedLoop,
} from "ncps-ts/trainers";
import { parametersOf } from "../support/parameters.js";
import { runExample } from "../support/run-example.js";
import { playForever } from "../support/watch.js";
import { drawCurve, type Point } from "./curve.js";
import { expertScore, openData, openGame, recordClone } from "./game.js";
import { kerasReporter, torchReporter } from "./report.js";
import { adamOf, readSettings, type Settings, sizes } from "./settings.js";
import { usage } from "./usage.js";

// Complete games that the clone plays at the end, and the expert too.
const GAMES = 16;
// NOOP, FIRE, and RIGHT and LEFT, which are swapped in a mirror image.
const MIRROR = [0, 1, 3, 2];

await runExample({ usage, settings: readSettings, main });

async function main(settings: Settings): Promise<void> {
  const { env: id, size, form, epochs, balanced, cont, render, out, seed } = settings;
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
    adam: adamOf(form),
    ...(settings.mirror && { mirrorActions: MIRROR }),
    ...(balanced && { classWeights: balancedClassWeights(await train.actionCounts(numActions)) }),
    ...(settings.weights && { classWeights: settings.weights }),
    dataset: train,
    valDataset: val,
    seed,
  };
  const points = join(out, "curve.json");
  // The state after Ctrl-C, possibly within an epoch. That training is finished first; then there are new goals.
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
  if (finishing)
    console.log(`Finishing the training that was stopped after ${trainer.iterations} minibatches`);
  const parameters = parametersOf(trainer.model);
  console.log(`${train.size} + ${val.size} sequences, ${size} ${form}: ${parameters}`);
  if (form === "tf" && trainer.model instanceof ConvCfC) trainer.model.layersModel().summary(80);

  const curve: Point[] = cont && existsSync(points) ? JSON.parse(readFileSync(points, "utf8")) : [];
  const reporter = (form === "tf" ? kerasReporter : torchReporter)({
    batches: trainer.batchesPerEpoch,
    epochs: (trainer.lastEpoch ? trainer.lastEpoch.epoch + 1 : 0) + epochs,
    live: process.stdout.isTTY === true,
    write: (text) => process.stdout.write(text),
  });
  const closedLoop = new ClosedLoopCallback({
    env,
    seed: seed + 1,
    onRun({ returns }, epoch) {
      reporter.played(returns, epoch);
      curve.push({ valAccuracy: trainer.lastEpoch?.valAccuracy ?? 0, meanReturn: mean(returns) });
      writeFileSync(points, JSON.stringify(curve));
      const title = `Behaviour cloning on ${id}, ${size} ${form}, ${parameters}`;
      writeFileSync(join(out, "curve.svg"), drawCurve(curve, title));
    },
  });
  const interrupt = interruptCallback();
  if (epochs > 0 || finishing) {
    await trainer.learn({
      ...(!finishing && { epochs }),
      onEpochEnd: (report) => reporter.epochEnd(report),
      callbacks: [
        interrupt,
        {
          onUpdateEnd(_, row) {
            const number = 1 + ((trainer.iterations - 1) % trainer.batchesPerEpoch);
            const [loss, accuracy] = [Number(row["train/loss"]), Number(row["train/accuracy"])];
            reporter.minibatch({ number, loss, accuracy });
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
            if (interrupt.signal) await trainer.save(unfinished);
          },
        },
      ],
    });
  }
  if (interrupt.signal) {
    console.log(`\nStopped after ${trainer.iterations} minibatches and saved; --cont finishes it: ${out}`);
    await trainer.close();
    env.close();
    return;
  }
  const { user, system } = process.cpuUsage();
  console.log(`Processor time: ${((user + system) / 1e6).toFixed(0)} s`);

  const { gameReturns } = await runClosedLoop(trainer, env, { numGames: GAMES, seed: seed + 2 });
  console.log(`Scores of whole games: ${gameReturns.join(" ")}, mean ${mean(gameReturns).toFixed(1)}`);
  if (settings.data === undefined) {
    const score = expertScore(GAMES, seed + 2);
    console.log(
      `The expert's mean score: ${score.toFixed(1)}; the clone has ${((100 * mean(gameReturns)) / score).toFixed(0)} % of it`,
    );
  }
  console.log(`Curve and checkpoint: ${out}`);
  if (render) await playForever({ policy: trainer, env, seed: seed + 3 });
  await trainer.close();
  env.close();
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
