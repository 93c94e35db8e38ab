import { expect, it } from "vitest";
import { killTrainings } from "../../scripts/chaos/campaign.js";

// How often: NCPS_KILLS, by default what takes half a minute.
const kills = Number(process.env.NCPS_KILLS ?? 6);

it(`trainings of all trainers, killed ${kills} times, end as if they had not been`, async () => {
  const {
    kills: done,
    runs,
    failures,
  } = await killTrainings({
    kills,
    killsPerRun: 2,
    kinds: ["ppo", "dqn", "cloning"],
    seed: 5,
  });
  expect(failures).toEqual([]);
  expect(done.steps + done.time + done.change).toBe(kills);
  expect(runs).toBeGreaterThanOrEqual(kills / 2);
}, 3_600_000);
