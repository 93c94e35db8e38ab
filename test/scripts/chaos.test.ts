import { expect, it } from "vitest";
import { killTrainings } from "../../scripts/chaos/campaign.js";

// Number of kills: NCPS_KILLS, or by default as many as take half a minute.
const kills = Number(process.env.NCPS_KILLS ?? 6);

it(`trainings of all trainers, killed ${kills} times, end with the same results as uninterrupted ones`, async () => {
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
