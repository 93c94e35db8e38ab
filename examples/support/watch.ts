/** Trained policies at play, in a page or in the terminal. */

import type { Env } from "ncps-ts";
import type { Frame } from "ncps-ts/envs";
import type { Dashboard } from "ncps-ts/node";
import { playInTerminal } from "ncps-ts/rendering";
import type { Policy } from "ncps-ts/trainers";

/** What is watched. */
export interface Game {
  /** Who plays, with the most probable actions. */
  policy: Policy;
  /** The game as the policy knows it; its whole games are recorded. */
  env: Env;
  /** Decides which game it is. */
  seed: number;
  /** Shows it there; otherwise in the terminal, if there is one. */
  page?: Dashboard;
}

/** Plays one whole game and returns its score; a life that ends clears the memory, and the game goes on. */
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
 * Plays one game after the other, each another one, until the program is ended. Where there is nothing to see, in a
 * pipe or a terminal that only types, it is a single game, whose score is printed.
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
