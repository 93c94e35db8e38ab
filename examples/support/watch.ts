/** Shows trained policies at play, in a web page or in the terminal. */

import type { Env } from "ncps-ts";
import type { Frame } from "ncps-ts/envs";
import type { Dashboard } from "ncps-ts/node";
import { playInTerminal } from "ncps-ts/rendering";
import type { Policy } from "ncps-ts/trainers";

/** The game to watch. */
export interface Game {
  /** The policy that plays, with its most probable actions. */
  policy: Policy;
  /** The game with the policy's wrappers, recording complete games. */
  env: Env;
  /** Seed of the game. */
  seed: number;
  /** The dashboard that shows it; without one the terminal does, if there is one. */
  page?: Dashboard;
}

/** Plays one complete game and returns its score; the end of a life clears the memory, and the game continues. */
export async function playOneGame({ policy, env, seed, page }: Game): Promise<number> {
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
        observation = env.reset().observation;
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
  } else if (hasScreen()) {
    await playInTerminal(frames(), { stream: process.stdout, fps: 60, caption: () => `score ${score}` });
  } else for await (const _ of frames());
  return score;
}

/**
 * Plays one game after another, each with a different seed, until the program is stopped. Without a screen (a pipe
 * or a dumb terminal) it plays a single game and prints its score.
 */
export async function playForever(game: Game): Promise<void> {
  for (let number = 0; ; number++) {
    const score = await playOneGame({ ...game, seed: game.seed + number });
    if (game.page || hasScreen()) continue;
    console.log(`game over: ${score} points`);
    return;
  }
}

function hasScreen(): boolean {
  return process.stdout.isTTY && process.env.TERM !== "dumb";
}
