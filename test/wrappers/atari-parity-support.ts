/** Plays Atari games here and in Python, and records comparable results. */

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonPath } from "ale-bindings";
import type { Env, EpisodeStatistics, ResetResult } from "../../src/envs/env.js";

/** The game that both sides play. */
export interface Task {
  id: string;
  /** Options of Gymnasium's environment. */
  options: Record<string, number>;
  seed: number;
  /** Actions, one per step. */
  actions: number[];
  /** Number of NOOP steps after each start of a game. */
  noops: number[];
  wrappers: "deepmind" | "sb3" | "preprocessing";
}

/** Result of a reset or a step. */
export interface Entry {
  /** Number of the step; for a reset that of the previous step. */
  step: number;
  /** SHA-256 of the observation's bytes. */
  observation: string;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  lives: number;
  /** Number of frames since the game began. */
  frame: number;
  /** Statistics of the game that ended in this step. */
  episode: EpisodeStatistics | null;
}

/** Packages that Python needs but are missing; empty if complete. */
export function missingPackages(): string[] {
  const python = pythonPath();
  if (!existsSync(python)) return [`Python (${python})`];
  const names = ["ale_py", "gymnasium", "cv2"];
  const look = `from importlib.util import find_spec; print(*(n for n in ${JSON.stringify(names)} if not find_spec(n)))`;
  return execFileSync(python, ["-c", look], { encoding: "utf8" }).split(/\s+/).filter(Boolean);
}

/** Plays the actions; after every end of an episode the environment is reset. */
export function play(env: Env, { seed, actions }: Task): Entry[] {
  const entries: Entry[] = [];
  const add = (step: number, result: ResetResult, reward = 0, terminated = false, truncated = false) => {
    const { observation, info } = result;
    entries.push({
      step,
      observation: createHash("sha256").update(observation).digest("hex"),
      reward,
      terminated,
      truncated,
      lives: info.lives as number,
      frame: info.episodeFrameNumber as number,
      episode: info.episode ?? null,
    });
  };
  add(-1, env.reset({ seed }));
  actions.forEach((action, step) => {
    const result = env.step(action);
    add(step, result, result.reward, result.terminated, result.truncated);
    if (result.terminated || result.truncated) add(step, env.reset());
  });
  return entries;
}

/** Lets Python play the same game in parallel. */
export async function playInPython(task: Task): Promise<Entry[]> {
  const script = fileURLToPath(new URL("../fixtures/atari-parity/play.py", import.meta.url));
  const { stdout } = await promisify(execFile)(pythonPath(), ["-B", script, JSON.stringify(task)], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as Entry[];
}

/** Describes the first difference of two records; `undefined` if they are equal. */
export function firstDifference(ours: Entry[], theirs: Entry[]): string | undefined {
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const [here, there] = [ours[i], theirs[i]];
    if (!here || !there) return `entry ${i} is missing ${here ? "in Python" : "here"}`;
    const fields = (Object.keys({ ...here, ...there }) as (keyof Entry)[])
      .map((name) => [name, JSON.stringify(here[name]), JSON.stringify(there[name])])
      .filter(([, a, b]) => a !== b)
      .map(([name, a, b]) => `${name} ${a} here, ${b} in Python`);
    if (fields.length > 0) {
      const reset = i === 0 || here.step === ours[i - 1].step;
      return `${reset ? "reset after step" : "step"} ${here.step}: ${fields.join("; ")}`;
    }
  }
  return undefined;
}
