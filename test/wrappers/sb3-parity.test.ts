/**
 * `wrapAtari` on real games, equal to Stable-Baselines3's own AtariWrapper and VecFrameStack: every frame, reward
 * and end. It needs a Python with stable-baselines3, ale-py and OpenCV: `NCPS_SB3_PYTHON`, else that of ale-bindings.
 */

import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonPath } from "ale-bindings";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Random } from "../../src/core/random.js";
import type { Env } from "../../src/envs/env.js";
import { make } from "../../src/envs/registry.js";
import { registerAtari } from "../../src/node/atari.js";
import { wrapAtari } from "../../src/wrappers/index.js";
import { wrapperRandom } from "../../src/wrappers/wrapper-random.js";

const python = process.env.NCPS_SB3_PYTHON ?? pythonPath();
const look = "import ale_py, cv2, importlib.util as u; assert u.find_spec('stable_baselines3')";
const found = spawnSync(python, ["-c", look]).status === 0;
if (!found) {
  console.warn(
    `${python} has no stable-baselines3: the comparison with its AtariWrapper is skipped. To run it: ` +
      "pip install stable-baselines3 ale-py==0.12.1 opencv-python-headless into a virtual environment, and set NCPS_SB3_PYTHON",
  );
}

const ANY = "any";

interface Entry {
  step: number;
  observation: string;
  reward: number;
  end: boolean;
}

interface Task {
  id: string;
  seed: number;
  actions: number[];
  noops: number[];
}

// VecFrameStack starts with black frames, ours with copies of the first one.
function hash(stack: Uint8Array, pictures: number): string {
  const shown = stack.map((value, i) => (i % 4 >= 4 - pictures ? value : 0));
  return createHash("sha256").update(shown).digest("hex");
}

function play(env: Env, { seed, actions }: Task): Entry[] {
  const entries: Entry[] = [];
  let pictures = 1;
  const add = (step: number, observation: unknown, reward = 0, end = false) =>
    entries.push({ step, observation: hash(observation as Uint8Array, pictures), reward, end });
  add(-1, env.reset({ seed }).observation);
  actions.forEach((action, step) => {
    const { observation, reward, terminated, truncated, info } = env.step(action);
    pictures = Math.min(4, pictures + 1);
    add(step, observation, reward, terminated || truncated);
    // If the game ends within a skip, SB3 returns frames of the previous step ("doesn't matter").
    if (info.episode) entries[entries.length - 1].observation = ANY;
    if (!terminated && !truncated) return;
    pictures = 1;
    add(step, env.reset().observation);
  });
  return entries;
}

async function playInPython(task: Task): Promise<Entry[]> {
  const script = fileURLToPath(new URL("../fixtures/atari-parity/sb3.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python, ["-B", script, JSON.stringify(task)], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as Entry[];
}

describe.skipIf(!found)("wrapAtari against Stable-Baselines3", { timeout: 180_000 }, () => {
  beforeAll(async () => {
    await registerAtari();
  });

  it.for([
    { game: "Breakout", count: 4, steps: 1000, seed: 41 },
    { game: "SpaceInvaders", count: 6, steps: 1000, seed: 42 },
    { game: "Pong", count: 6, steps: 1100, seed: 43 },
    { game: "Seaquest", count: 18, steps: 1000, seed: 44 },
    { game: "MsPacman", count: 9, steps: 1000, seed: 45 },
  ])("$game, $steps steps", async ({ game, count, steps, seed }) => {
    const random = new Random(seed);
    const waits = wrapperRandom("NoopReset", seed);
    const task: Task = {
      id: `${game}NoFrameskip-v4`,
      seed,
      actions: Array.from({ length: steps }, () => random.integer(count)),
      noops: Array.from({ length: steps }, () => 1 + waits.integer(30)),
    };
    const theirs = playInPython(task);
    const bare = make(task.id);
    onTestFinished(() => bare.close());
    const ours = play(wrapAtari(bare), task);
    const expected = await theirs;
    ours.forEach(({ observation }, i) => {
      if (observation === ANY && expected[i]) expected[i].observation = ANY;
    });
    const first = ours.findIndex((entry, i) => JSON.stringify(entry) !== JSON.stringify(expected[i]));
    if (first >= 0) expect.fail(JSON.stringify({ first, ours: ours[first], theirs: expected[first] }));
    expect(expected.length).toBe(ours.length);
    expect(ours.filter(({ end }) => end).length).toBeGreaterThan(game === "Pong" ? 0 : 2);
    expect(ours.filter(({ observation }) => observation === ANY).length).toBeGreaterThan(0);
    expect(ours.some(({ reward }) => reward !== 0)).toBe(true);
  });
});
