/** One line for each episode, as the document prints them, and its two curves for TensorBoard. */

import type { DQNTrainer, TrainerCallback } from "ncps-ts";
import { TensorBoardSink } from "ncps-ts/node";

/** Prints every episode and writes `reward` and `avg loss` by episode to the folder `episodes` of the run. */
export function reportEpisodes(trainer: DQNTrainer, folder: string): TrainerCallback {
  const curves = new TensorBoardSink(`${folder}/episodes`);
  let [told, updates, count, loss] = [trainer.episodes.count, trainer.gradientSteps, 0, 0];
  return {
    onStep() {
      const { episodes, gradientSteps, lastUpdate, explorationRate } = trainer;
      if (lastUpdate && gradientSteps > updates) {
        count++;
        loss += lastUpdate.loss;
      }
      updates = gradientSteps;
      for (; told < episodes.count; told++) {
        if (count === 0) {
          console.log(`Pre-training...Episode: ${told}`);
          continue;
        }
        const reward = episodes.returnOf(told);
        const mean = loss / count;
        console.log(
          `Episode: ${told}, Reward: ${reward}, avg loss: ${mean.toFixed(5)}, eps: ${explorationRate.toFixed(3)}`,
        );
        curves.write({ reward, "avg loss": mean }, told);
        if (told === episodes.count - 1) [count, loss] = [0, 0];
      }
    },
    onTrainingEnd: () => curves.close(),
  };
}
