/** Speed of the arcade environments on one core, random actions, frameskip 4, sticky actions. */

import { Random } from "../src/core/random.js";
import {
  BreakoutEnv,
  BreakoutPlayer,
  SpaceInvadersEnv,
  SpaceInvadersPlayer,
} from "../src/envs/arcade/index.js";
import type { Env } from "../src/envs/env.js";

const ROUNDS = 4;
const MILLISECONDS = 400;
const FRAMESKIP = 4;

/** A run's steps, and its rate in each round. */
interface Runner {
  environment: string;
  what: string;
  metric: string;
  step: () => void;
  rates: number[];
}

function runner(env: Env, what: string, metric: string, act: () => number): Runner {
  env.reset({ seed: 0 });
  const step = (): void => {
    const { terminated, truncated } = env.step(act());
    if (terminated || truncated) env.reset();
  };
  return { environment: env.id, what, metric, step, rates: [] };
}

function runners(): Runner[] {
  const options = { frameskip: FRAMESKIP };
  const random = new Random(0);
  const [breakout, invaders] = [0, 1].map((game) => () => random.integer(game === 0 ? 4 : 6));
  const features = { ...options, observation: "features" } as const;
  const [wall, shields] = [new BreakoutEnv(features), new SpaceInvadersEnv(features)];
  const [wallPlayer, gunner] = [new BreakoutPlayer(wall), new SpaceInvadersPlayer(shields)];
  const screen = "rgb 210x160, random actions";
  const vector = "features, random actions";
  const script = "features, scripted player";
  return [
    runner(new BreakoutEnv(options), screen, "breakoutRgbSteps", breakout),
    runner(new BreakoutEnv(features), vector, "breakoutFeatureSteps", breakout),
    runner(wall, script, "breakoutPlayerSteps", () => wallPlayer.act()),
    runner(new SpaceInvadersEnv(options), screen, "spaceInvadersRgbSteps", invaders),
    runner(new SpaceInvadersEnv(features), vector, "spaceInvadersFeatureSteps", invaders),
    runner(shields, script, "spaceInvadersPlayerSteps", () => gunner.act()),
  ];
}

function time({ step, rates }: Runner): void {
  let steps = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < MILLISECONDS) {
    for (let i = 0; i < 200; i++) step();
    steps += 200;
    elapsed = performance.now() - start;
  }
  rates.push((steps / elapsed) * 1000);
}

/** Measures agent steps per second, the best of several alternating rounds; one step is four frames of the game. */
export async function run(): Promise<{
  rows: Record<string, string | number>[];
  metrics: Record<string, number>;
}> {
  const all = runners();
  // The first round is only a warm-up.
  for (let round = 0; round <= ROUNDS; round++) for (const each of all) time(each);
  const rows = all.map(({ environment, what, rates }) => {
    const [, ...rest] = rates;
    const sorted = rest.sort((a, b) => a - b);
    const best = sorted[sorted.length - 1];
    return {
      environment,
      what,
      "steps/s": Math.round(best),
      "median steps/s": Math.round(sorted[sorted.length >> 1]),
      "frames/s": Math.round(best * FRAMESKIP),
    };
  });
  const metrics = Object.fromEntries(all.map(({ metric }, i) => [metric, rows[i]["steps/s"]]));
  return { rows, metrics };
}
