/** Kills trainings at random moments, resumes them, and compares them with one that was never killed. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Random } from "../../src/core/random.js";
import { workspaceAlias } from "../../test/workspace-alias.js";
import { differences, type Outcome, readOutcome } from "./outcome.js";

/** Trainings that can be killed. */
export const trainings = ["ppo", "dqn", "cloning", "ppo-by-time"] as const;
/** Name of a training. */
export type Training = (typeof trainings)[number];

/** Options of {@link killTrainings}. */
export interface CampaignOptions {
  /** Number of kills, over all trainings. */
  kills: number;
  /** The trainings to run in turn; default all. */
  kinds?: readonly Training[];
  /** Seed of the times of the kills, default 0. */
  seed?: number;
  /** Maximum number of kills per run, default 4. */
  killsPerRun?: number;
  /** Called with the progress, default none. */
  print?: (text: string) => void;
}

/** Result of {@link killTrainings}. */
export interface CampaignResult {
  /** Number of kills by how they were done. */
  kills: Record<"steps" | "time" | "change", number>;
  /** Number of runs that were killed and finished. */
  runs: number;
  /** Differences from the uninterrupted run, as text. */
  failures: string[];
}

interface Whole {
  outcome: Outcome;
  steps: number;
  milliseconds: number;
  changes: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "node_modules/.cache/chaos-training.mjs");

/** Kills, resumes and compares; the folders of runs that differ are kept. */
export async function killTrainings(options: CampaignOptions): Promise<CampaignResult> {
  const { kills, kinds = trainings, seed = 0, killsPerRun = 4, print = () => {} } = options;
  await bundle();
  const random = new Random(seed);
  const folder = mkdtempSync(join(tmpdir(), "chaos-"));
  const result: CampaignResult = { kills: { steps: 0, time: 0, change: 0 }, runs: 0, failures: [] };
  const wholes = new Map<Training, Whole>();
  const done = () => result.kills.steps + result.kills.time + result.kills.change;
  for (let n = 0; done() < kills; n++) {
    const kind = kinds[n % kinds.length];
    if (!wholes.has(kind)) wholes.set(kind, await runWhole(kind, join(folder, `whole-${kind}`)));
    const whole = wholes.get(kind) as Whole;
    const path = join(folder, `${kind}-${n}`);
    const moments: string[] = [];
    // A run that finishes before its moment comes is not killed then.
    for (let tries = 0; tries < 3 * killsPerRun && moments.length < killsPerRun && done() < kills; tries++) {
      const moment = drawMoment(random, whole);
      const end = await start(kind, path, moment);
      if (end.killed) {
        result.kills[moment.by]++;
        moments.push(`${moment.by} ${moment.at}${moment.by === "change" ? ` ${moment.when}` : ""}`);
      } else if (end.code !== 0) {
        result.failures.push(`${path} after ${moments.join(", ")}: ended with ${end.code}: ${end.errors}`);
        break;
      } else break;
    }
    const end = await start(kind, path);
    const found =
      end.code === 0
        ? differences(whole.outcome, readOutcome(path), kind === "ppo-by-time")
        : [`ended with ${end.code}: ${end.errors}`];
    result.runs++;
    for (const difference of found)
      result.failures.push(`${path} after ${moments.join(", ")}: ${difference}`);
    print(
      `${done()} of ${kills} kills; ${kind} killed at ${moments.join(", ")}: ${found.join("; ") || "the same"}`,
    );
    if (found.length === 0) rmSync(path, { recursive: true });
  }
  if (result.failures.length === 0) rmSync(folder, { recursive: true });
  return result;
}

interface Moment {
  by: "steps" | "time" | "change";
  at: number;
  when: "before" | "after";
}

function drawMoment(random: Random, { steps, milliseconds, changes }: Whole): Moment {
  const by = (["steps", "time", "change", "change"] as const)[random.integer(4)];
  const most = { steps, time: milliseconds, change: changes }[by];
  return {
    by,
    at: 1 + random.integer(Math.max(1, most)),
    when: random.integer(2) === 0 ? "before" : "after",
  };
}

async function runWhole(kind: Training, path: string): Promise<Whole> {
  const began = performance.now();
  const count = `${path}.changes`;
  mkdirSync(join(path, ".."), { recursive: true });
  const { code, errors, steps } = await start(kind, path, undefined, { CHAOS_COUNT: count });
  if (code !== 0) throw new Error(`the uninterrupted ${kind} ended with ${code}: ${errors}`);
  const milliseconds = Math.round(performance.now() - began);
  return { outcome: readOutcome(path), steps, milliseconds, changes: Number(readFileSync(count, "utf8")) };
}

interface End {
  code: number | null;
  killed: boolean;
  errors: string;
  steps: number;
}

function start(kind: Training, path: string, moment?: Moment, env: NodeJS.ProcessEnv = {}): Promise<End> {
  const killAt = moment?.by === "change" ? { CHAOS_KILL_AT: `${moment.at}:${moment.when}` } : {};
  const preload = new URL("./kill-at.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", preload, program, kind, path], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env, ...killAt },
  });
  let [errors, steps] = ["", 0];
  child.stdout.on("data", (text) => {
    steps += String(text).split("\n").length - 1;
    if (moment?.by === "steps" && steps >= moment.at) child.kill("SIGKILL");
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const timer = moment?.by === "time" ? setTimeout(() => child.kill("SIGKILL"), moment.at) : undefined;
  return new Promise((resolve) =>
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === "SIGKILL", errors, steps });
    }),
  );
}

// Bundled once, because it is started many times.
async function bundle(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./training.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    alias: workspaceAlias,
    ignoreAnnotations: true, // "sideEffects" of package.json names files of dist
  });
}
