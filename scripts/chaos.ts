/**
 * Kills small trainings of all trainers (SIGKILL: at random steps, at random times, before and after single changes to
 * the file system), resumes them, and checks that weights, state and logs are those of a run that was never killed,
 * bit for bit, that nothing is left over, and that exactly the right checkpoints are kept.
 *
 *     npm run chaos -- --kills 100 [--seed 0] [--trainings ppo,dqn,cloning,ppo-by-time]
 *
 * Exit status 1 when anything differs.
 */

import { parseArgs } from "node:util";
import { killTrainings, type Training, trainings } from "./chaos/campaign.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "0" },
    trainings: { type: "string", default: trainings.join(",") },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const kinds = values.trainings.split(",") as Training[];
if (!(kills > 0) || !Number.isInteger(seed) || kinds.some((kind) => !trainings.includes(kind))) {
  console.error(`usage: npm run chaos -- --kills N [--seed N] [--trainings ${trainings.join(",")}]`);
  process.exit(2);
}
const result = await killTrainings({ kills, seed, kinds, print: console.log });
const { steps, time, change } = result.kills;
console.log(
  `${steps + time + change} kills (${steps} by steps, ${time} by time, ${change} at a change to the file system) of ${result.runs} runs`,
);
for (const failure of result.failures) console.error(`DIFFERENT: ${failure}`);
if (result.failures.length === 0) console.log("all as if they had never been killed");
process.exitCode = result.failures.length > 0 ? 1 : 0;
