/** Prints one line per episode, as the document does, and writes its two curves for TensorBoard. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DQNTrainer, TrainerCallback } from "ncps-ts";
import { TensorBoardSink } from "ncps-ts/node";

const PREFIX = "DuelingQSI_";

// Python's "%d%m%Y%H%M".
function stamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getDate())}${two(date.getMonth() + 1)}${date.getFullYear()}`;
  return `${day}${two(date.getHours())}${two(date.getMinutes())}`;
}

/**
 * Prints every episode and writes `reward` and `avg loss` per episode to the run folder `DuelingQSI_<date>`, named as
 * in the document; a resumed run stays in its folder.
 */
export function reportEpisodes(trainer: DQNTrainer, folder: string): TrainerCallback {
  const [earlier] = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  const curves = new TensorBoardSink(join(folder, earlier ?? `${PREFIX}${stamp(new Date())}`));
  let [reported, updates, count, loss] = [trainer.episodes.count, trainer.gradientSteps, 0, 0];
  return {
    onStep() {
      const { episodes, gradientSteps, lastUpdate, explorationRate } = trainer;
      if (lastUpdate && gradientSteps > updates) {
        count++;
        loss += lastUpdate.loss;
      }
      updates = gradientSteps;
      for (; reported < episodes.count; reported++) {
        if (count === 0) {
          console.log(`Pre-training...Episode: ${reported}`);
          continue;
        }
        const reward = episodes.returnOf(reported);
        const mean = loss / count;
        console.log(
          `Episode: ${reported}, Reward: ${reward}, avg loss: ${mean.toFixed(5)}, eps: ${explorationRate.toFixed(3)}`,
        );
        curves.write({ reward, "avg loss": mean }, reported);
        if (reported === episodes.count - 1) [count, loss] = [0, 0];
      }
    },
    onTrainingEnd: () => curves.close(),
  };
}
