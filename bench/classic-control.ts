/**
 * Learning on classic control: CartPole-v1 with an MLP, CartPoleNoVel-v1 with a CfC and, as control,
 * with a memory-less MLP; Pendulum-v1 with an MLP; CartPole-v1 by DQN. Every seed is trained for
 * 100 000 steps (Pendulum: 200 000, DQN: 50 000) and then plays 100 whole episodes.
 *
 * `npm run bench -- classic-control [seeds of CartPole] [of CartPoleNoVel] [of Pendulum] [of DQN] [first seed]`
 */

import {
  cartPoleDQN,
  cartPoleNoVelPPO,
  cartPolePPO,
  DQNTrainer,
  evaluatePolicy,
  MlpActorCritic,
  makeVecEnv,
  type PPOPreset,
  PPOTrainer,
  pendulumPPO,
  useBackend,
} from "../src/index.js";

const memoryless: PPOPreset = {
  ...cartPoleNoVelPPO,
  model: (spaces) => new MlpActorCritic({ ...spaces, units: [64, 64] }),
};

interface Task {
  name: string;
  key: string;
  env: string;
  make: (seed: number) => PPOTrainer | DQNTrainer;
  totalTimesteps?: number;
  /** Mean return of the last 100 episodes whose time is noted. */
  window: number;
  solved: (mean: number) => boolean;
}

const tasks: Task[] = [
  {
    name: "CartPole-v1, MLP",
    env: "CartPole-v1",
    key: "cartPole",
    make: (seed) => new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed }),
    window: 475,
    solved: (mean: number) => mean >= 475,
  },
  {
    name: "CartPoleNoVel-v1, CfC",
    env: "CartPoleNoVel-v1",
    key: "noVelCfC",
    make: (seed) => new PPOTrainer({ ...cartPoleNoVelPPO, env: "CartPoleNoVel-v1", seed }),
    window: 475,
    solved: (mean: number) => mean >= 450,
  },
  {
    name: "CartPoleNoVel-v1, MLP",
    env: "CartPoleNoVel-v1",
    key: "noVelMlp",
    make: (seed) => new PPOTrainer({ ...memoryless, env: "CartPoleNoVel-v1", seed }),
    window: 475,
    solved: (mean: number) => mean < 150,
  },
  {
    name: "Pendulum-v1, MLP",
    env: "Pendulum-v1",
    key: "pendulum",
    make: (seed) => new PPOTrainer({ ...pendulumPPO, env: "Pendulum-v1", seed }),
    totalTimesteps: 200_000,
    window: -250,
    solved: (mean: number) => mean >= -250,
  },
  {
    name: "CartPole-v1, DQN",
    env: "CartPole-v1",
    key: "cartPoleDQN",
    make: (seed) => new DQNTrainer({ ...cartPoleDQN, env: "CartPole-v1", seed }),
    totalTimesteps: 50_000,
    window: 475,
    solved: (mean: number) => mean >= 475,
  },
];

export async function run(args: string[] = []) {
  await useBackend();
  const seeds = [
    Number(args[0] ?? 10),
    Number(args[1] ?? 5),
    Number(args[1] ?? 5),
    Number(args[2] ?? 5),
    Number(args[3] ?? 5),
  ];
  const firstSeed = Number(args[4] ?? 0);
  const rows: Record<string, string | number>[] = [];
  const figures: Record<string, number> = {};
  for (const [i, task] of tasks.entries()) {
    const { name, key, env, make, totalTimesteps = 100_000, window, solved } = task;
    let passed = 0;
    let steps = 0;
    let seconds = 0;
    for (let seed = firstSeed; seed < firstSeed + seeds[i]; seed++) {
      const began = performance.now();
      const trainer = make(seed);
      let reached = Number.NaN;
      await trainer.learn({
        totalTimesteps,
        callbacks: [
          {
            onUpdateEnd({ meanReturn, numEpisodes, numTimesteps }) {
              if (Number.isNaN(reached) && numEpisodes >= 100 && meanReturn >= window) reached = numTimesteps;
            },
          },
        ],
      });
      const spent = (performance.now() - began) / 1000;
      const evaluation = makeVecEnv(env, { numEnvs: 20 });
      const { meanReward, stdReward } = await evaluatePolicy(trainer, evaluation, {
        numEpisodes: 100,
        seed: 1000 + seed,
      });
      await evaluation.close();
      if (solved(meanReward)) passed++;
      steps += trainer.numTimesteps;
      seconds += spent;
      rows.push({
        task: name,
        seed,
        "mean of 100": meanReward.toFixed(1),
        std: stdReward.toFixed(1),
        "window of 100 >= 475 or -250 at": Number.isNaN(reached) ? "-" : reached,
        "steps/s": Math.round(trainer.numTimesteps / spent),
        seconds: spent.toFixed(1),
        ok: solved(meanReward) ? "yes" : "NO",
      });
      console.error(JSON.stringify(rows.at(-1)));
      await trainer.close();
    }
    figures[`${key}Passed`] = passed;
    figures[`${key}Seeds`] = seeds[i];
    figures[`${key}StepsPerSecond`] = Math.round(steps / Math.max(seconds, 1e-9));
  }
  return { rows, figures };
}
