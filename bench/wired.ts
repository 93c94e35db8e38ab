/**
 * Learning with a wired network and with an ODE solver: CartPoleNoVel-v1 with a CfC wired as AutoNCP, and with an LTC.
 * Every seed is trained for 100 000 steps and then plays 100 whole episodes.
 *
 * `npm run bench -- wired [seeds of the CfC] [of the LTC] [first seed]`
 */

import { cartPoleNoVelLTCPPO, cartPoleNoVelWiredPPO, PPOTrainer, useBackend } from "../src/index.js";
import type { PPOPreset } from "../src/trainers/index.js";
import { learnTasks, type Task } from "./support/learning.js";

const env = "CartPoleNoVel-v1";
const task = (name: string, key: string, preset: PPOPreset): Task => ({
  name,
  key,
  env,
  make: (seed) => new PPOTrainer({ ...preset, env, seed }),
  window: 475,
  solved: (mean) => mean >= 475,
});

const tasks = [
  task("CartPoleNoVel-v1, wired CfC", "noVelWired", cartPoleNoVelWiredPPO),
  task("CartPoleNoVel-v1, LTC", "noVelLTC", cartPoleNoVelLTCPPO),
];

export async function run(args: string[] = []) {
  await useBackend();
  return learnTasks(tasks, [Number(args[0] ?? 5), Number(args[1] ?? 5)], Number(args[2] ?? 0));
}
