/** Speed of the arcade environments on one core, random actions, frameskip 4, sticky actions. */

import { Random } from "../src/core/random.js";
import { type ArcadeObservation, BreakoutEnv, BreakoutPlayer } from "../src/envs/arcade/index.js";

const ROUNDS = 4;
const MILLISECONDS = 400;
const FRAMESKIP = 4;

/** Steps a second: the best of some rounds, the first of which only warms up. */
function stepsPerSecond(step: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let steps = 0;
    const start = performance.now();
    let elapsed = 0;
    while (elapsed < MILLISECONDS) {
      for (let i = 0; i < 500; i++) step();
      steps += 500;
      elapsed = performance.now() - start;
    }
    if (round > 0) best = Math.max(best, (steps / elapsed) * 1000);
  }
  return best;
}

function breakout(observation: ArcadeObservation): number {
  const env = new BreakoutEnv({ observation, frameskip: FRAMESKIP });
  const random = new Random(0);
  env.reset({ seed: 0 });
  return stepsPerSecond(() => {
    const { terminated, truncated } = env.step(random.integer(4));
    if (terminated || truncated) env.reset();
  });
}

function scriptedPlayer(): number {
  const env = new BreakoutEnv({ observation: "features", frameskip: FRAMESKIP });
  const player = new BreakoutPlayer(env);
  env.reset({ seed: 0 });
  return stepsPerSecond(() => {
    const { terminated, truncated } = env.step(player.act());
    if (terminated || truncated) env.reset();
  });
}

/** Measures agent steps a second; one step is four frames of the game. */
export async function run(): Promise<{
  rows: Record<string, string | number>[];
  figures: Record<string, number>;
}> {
  const speeds = {
    "rgb 210x160, random actions": breakout("rgb"),
    "features, random actions": breakout("features"),
    "features, scripted player": scriptedPlayer(),
  };
  const rows = Object.entries(speeds).map(([what, steps]) => ({
    environment: "Arcade/Breakout-v0",
    what,
    "steps/s": Math.round(steps),
    "frames/s": Math.round(steps * FRAMESKIP),
  }));
  const [rgb, features, scripted] = Object.values(speeds).map(Math.round);
  return {
    rows,
    figures: { breakoutRgbSteps: rgb, breakoutFeatureSteps: features, breakoutPlayerSteps: scripted },
  };
}
