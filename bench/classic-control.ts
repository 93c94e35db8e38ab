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
  MlpActorCritic,
  PPOTrainer,
  pendulumPPO,
  useBackend,
} from "../src/index.js";
import type { PPOPreset } from "../src/trainers/index.js";
import { learnTasks, type Task } from "./support/learning.js";

const memoryless: PPOPreset = {
  ...cartPoleNoVelPPO,
  model: (spaces) => new MlpActorCritic({ ...spaces, hiddenUnits: [64, 64] }),
};

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
  return learnTasks(tasks, seeds, firstSeed);
}
