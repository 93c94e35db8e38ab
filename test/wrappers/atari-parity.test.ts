/**
 * Real games through the wrappers, equal to plain Python with ale-py, Gymnasium and OpenCV
 * (test/fixtures/atari-parity/play.py): pixels, rewards, ends, lives, frames, episode statistics.
 */

import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Random } from "../../src/core/random.js";
import { make } from "../../src/envs/registry.js";
import { registerAtari } from "../../src/node/atari.js";
import {
  FrameStack,
  MaxAndSkip,
  RecordEpisodeStatistics,
  WarpFrame,
  wrapAtari,
  wrapDeepmind,
} from "../../src/wrappers/index.js";
import { wrapperRandom } from "../../src/wrappers/wrapper-random.js";
import {
  type Entry,
  firstDifference,
  missingPackages,
  play,
  playInPython,
  type Task,
} from "./atari-parity-support.js";

const missing = missingPackages();
if (missing.length > 0) {
  console.warn(
    `${missing.join(", ")} not found: the comparison of the wrappers with Python is skipped. ` +
      "To run it: npx ale-bindings install && npx tsx scripts/install-test-packages.ts",
  );
}

interface Case {
  id: string;
  steps: number;
  /** Number of actions. */
  actions: number;
  seed: number;
  /** Number of frames after which a game is truncated. */
  limit?: number;
  /** Events that must occur, so that the comparison covers them. */
  happens: (keyof ReturnType<typeof count>)[];
}

function task({ id, steps, actions, seed, limit }: Case, wrappers: Task["wrappers"]): Task {
  const random = new Random(seed);
  const waits = wrapperRandom("NoopReset", seed);
  return {
    id,
    seed,
    wrappers,
    options: limit === undefined ? {} : { max_num_frames_per_episode: limit },
    actions: Array.from({ length: steps }, () => random.integer(actions)),
    noops: Array.from({ length: steps }, () => 1 + waits.integer(30)),
  };
}

function count(entries: Entry[]) {
  const ends = entries.filter(({ terminated, truncated }) => terminated || truncated);
  const resets = entries.filter(({ step }, i) => step === -1 || step === entries[i - 1].step);
  return {
    games: ends.filter(({ episode }) => episode).length,
    lives: ends.filter(({ episode }) => !episode).length,
    cut: ends.filter(({ truncated }) => truncated).length,
    endedInReset: resets.filter(({ episode }) => episode).length,
    rewards: entries.filter(({ reward }) => reward !== 0).length,
  };
}

function check(game: Case, ours: Entry[], theirs: Entry[]): void {
  const difference = firstDifference(ours, theirs);
  if (difference) expect.fail(difference); // expect(difference) would cut the text
  const found = count(ours);
  expect(game.happens.filter((what) => found[what] === 0)).toEqual([]);
  expect(new Set(ours.map(({ observation }) => observation)).size).toBeGreaterThan(game.steps / 2);
}

describe.skipIf(missing.length > 0)("the wrappers on real Atari", { timeout: 180_000 }, () => {
  beforeAll(async () => {
    await registerAtari();
  });

  async function compareDeepmind(game: Case) {
    const both = task(game, "deepmind");
    const theirs = playInPython(both);
    const bare = make(game.id, game.limit ? { maxNumFramesPerEpisode: game.limit } : {});
    onTestFinished(() => bare.close());
    const ours = play(wrapDeepmind(bare), both);
    check(game, ours, await theirs);
  }

  const usual: Case["happens"] = ["games", "lives", "rewards"];
  it.for<Case>([
    { id: "ALE/Breakout-v5", steps: 10_000, actions: 4, seed: 123, happens: usual },
    { id: "BreakoutNoFrameskip-v4", steps: 2000, actions: 4, seed: 7, happens: usual },
    { id: "ALE/SpaceInvaders-v5", steps: 2000, actions: 6, seed: 11, happens: usual },
    { id: "PongNoFrameskip-v4", steps: 2000, actions: 6, seed: 3, happens: ["games", "rewards"] }, // no lives
    // No FIRE; continues for a while without lives.
    { id: "ALE/Frogger-v5", steps: 1000, actions: 5, seed: 5, happens: usual },
    { id: "ALE/AirRaid-v5", steps: 300, actions: 6, seed: 2, happens: ["rewards"] }, // 250 rows
  ])("wrapDeepmind equals plain Python: $id, $steps steps", compareDeepmind);

  // So short that games end during NOOPs, FIRE and between lives.
  it.for<Case>([
    { id: "ALE/Breakout-v5", steps: 400, actions: 4, seed: 1, limit: 100, happens: ["cut", "endedInReset"] },
    { id: "ALE/Breakout-v5", steps: 400, actions: 4, seed: 1, limit: 250, happens: ["cut", "lives"] },
  ])("wrapDeepmind equals plain Python: $id, games of $limit frames", compareDeepmind);

  it.for<Case>([
    { id: "BreakoutNoFrameskip-v4", steps: 600, actions: 4, seed: 31, happens: usual },
    { id: "SpaceInvadersNoFrameskip-v4", steps: 600, actions: 6, seed: 32, happens: ["lives", "rewards"] },
    { id: "PongNoFrameskip-v4", steps: 400, actions: 6, seed: 33, happens: ["rewards"] },
    { id: "SeaquestNoFrameskip-v4", steps: 600, actions: 18, seed: 34, happens: ["lives", "rewards"] },
    { id: "MsPacmanNoFrameskip-v4", steps: 600, actions: 9, seed: 35, happens: ["lives", "rewards"] },
  ])("wrapAtari equals Stable-Baselines3's order in plain Python: $id, $steps steps", async (game) => {
    const both = task(game, "sb3");
    const theirs = playInPython(both);
    const bare = make(game.id);
    onTestFinished(() => bare.close());
    check(game, play(wrapAtari(bare), both), await theirs);
  });

  it.for<Case>([
    { id: "BreakoutNoFrameskip-v4", steps: 600, actions: 4, seed: 21, happens: ["games", "rewards"] },
    { id: "SpaceInvadersNoFrameskip-v4", steps: 700, actions: 6, seed: 22, happens: ["games", "rewards"] },
    { id: "PongNoFrameskip-v4", steps: 400, actions: 6, seed: 23, happens: ["rewards"] },
    { id: "SeaquestNoFrameskip-v4", steps: 400, actions: 18, seed: 24, happens: ["rewards"] },
    { id: "MsPacmanNoFrameskip-v4", steps: 400, actions: 9, seed: 25, happens: ["rewards"] },
  ])("the wrappers equal Gymnasium's AtariPreprocessing and FrameStackObservation: $id", async (game) => {
    const both = task(game, "preprocessing");
    const theirs = playInPython(both);
    // Gymnasium takes the emulator's gray frames.
    const bare = make(game.id, { obsType: "grayscale" });
    onTestFinished(() => bare.close());
    const ours = play(new FrameStack(new WarpFrame(new MaxAndSkip(new RecordEpisodeStatistics(bare)))), both);
    // At the end of a game Gymnasium shows frames of the step before.
    const withoutEnds = (entries: Entry[]) =>
      entries.map((entry) => (entry.terminated ? { ...entry, observation: "" } : entry));
    check(game, withoutEnds(ours), withoutEnds(await theirs));
  });
});
