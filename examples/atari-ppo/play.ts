/** One game in the terminal or in a page. */

import { type Env, type Frame, make, type Policy, playInTerminal, RecordEpisodeStatistics } from "ncps-ts";
import type { Dashboard } from "ncps-ts/node";
import type { Settings } from "./settings.js";

/** Plays one whole game with the most probable actions, in the page or the terminal if there is one; returns its score. */
export async function playOneGame(
  policy: Policy,
  { env: id, seed, options }: Settings,
  page?: Dashboard,
): Promise<number> {
  const game = new RecordEpisodeStatistics(make(id, options.envOptions));
  const env: Env = options.wrapper ? options.wrapper(game, 0) : game;
  let score = 0;
  let neurons = new Float32Array(0);

  async function* frames(): AsyncGenerator<Frame> {
    let { observation } = env.reset({ seed });
    let state: Float32Array | null = null;
    let over = false;
    while (!over) {
      const prediction = await policy.predict(observation, { state, deterministic: true });
      state = prediction.state;
      neurons = state?.slice() ?? neurons;
      const step = env.step(prediction.action);
      observation = step.observation;
      score += step.reward;
      over = step.info.episode !== undefined;
      if (!over && (step.terminated || step.truncated)) {
        observation = env.reset().observation; // a life was lost: the game goes on with a fresh memory
        state = null;
      }
      yield env.render();
    }
  }

  if (page) {
    for await (const frame of frames()) {
      page.show(frame, neurons);
      await new Promise((resolve) => setTimeout(resolve, 1000 / 15)); // four frames of the game each
    }
  } else if (process.stdout.isTTY) {
    const columns = Math.min(50, process.stdout.columns);
    const write = (text: string) => process.stdout.write(text);
    write("\n".repeat(process.stdout.rows)); // keeps the training log above the picture
    await playInTerminal(frames(), { write, columns, fps: 60, caption: () => `score ${score}` });
  } else for await (const _ of frames());
  env.close();
  return score;
}
