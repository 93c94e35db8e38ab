import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint } from "../../src/checkpoints/index.js";
import { Random } from "../../src/core/random.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";
import { newestCheckpoint } from "../../src/node/newest-checkpoint.js";
import { openRun } from "../../src/node/run-folder.js";

const folder = mkdtempSync(join(tmpdir(), "runs-"));
const script = fileURLToPath(new URL("../../node_modules/.cache/training-process.mjs", import.meta.url));
const runs: ChildProcess[] = [];

beforeAll(async () => {
  // Bundled once, because it is started many times.
  const entry = fileURLToPath(new URL("./training-process.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    alias: { "ale-bindings": "./ale-bindings/src/index.ts" },
  });
});
afterAll(() => {
  for (const run of runs) run.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** Runs the training; `act` sees its process and how many environment steps it has made. */
function train(name: string, act: (child: ChildProcess, steps: number) => void = () => {}): Promise<End> {
  const child = spawn(process.execPath, [script, join(folder, name)], { stdio: ["ignore", "pipe", "pipe"] });
  runs.push(child);
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
    act(child, output.split("\n").filter((line) => /^\d+$/.test(line)).length);
  });
  child.stderr.on("data", (text) => {
    output += text;
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, output })));
}

// The log without what a clock decides.
function log(name: string): string[][] {
  const rows = readFileSync(join(folder, name, "progress.csv"), "utf8")
    .trim()
    .split("\n")
    .map((row) => row.split(","));
  const kept = rows[0].map((key) => !/^time\/(fps|time_elapsed)$/.test(key));
  return rows.map((row) => row.filter((_, i) => kept[i]));
}

async function weights(name: string): Promise<unknown> {
  const store = new FileCheckpointStore(join(folder, name, "checkpoints"));
  const newest = (await newestCheckpoint(store.directory)) as string;
  const { model, optimizer, random } = (await readCheckpoint(store, newest)).state;
  return { newest, model, optimizer, random };
}

describe("a training in a run's folder", () => {
  let uninterrupted: unknown;
  beforeAll(async () => {
    expect(await train("whole")).toMatchObject({ code: 0 });
    uninterrupted = await weights("whole");
  });

  it("leaves log, checkpoints and a description", () => {
    expect(log("whole")).toHaveLength(13);
    expect(readdirSync(join(folder, "whole")).map((file) => file.replace(/tfevents.*/, "tfevents"))).toEqual([
      "checkpoints",
      "events.out.tfevents",
      "progress.csv",
      "progress.jsonl",
      "run.json",
    ]);
    const { starts } = JSON.parse(readFileSync(join(folder, "whole/run.json"), "utf8"));
    expect(starts).toMatchObject([{ config: { seed: 3 }, versions: { node: process.version } }]);
    expect(readdirSync(join(folder, "whole/checkpoints"))).toEqual([
      "step-000000000750",
      "step-000000000768",
    ]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends by %s after the step, saved, with code %i, and goes on", async (signal, code) => {
    let sent = false;
    const stopped = await train(signal, (child, steps) => {
      if (steps >= 100 && !sent) sent = child.kill(signal);
    });
    expect(stopped).toMatchObject({ code, signal: null });
    expect(stopped.output).toContain(`${signal}: ending after this step`);
    const at = /ended at (\d+)/.exec(stopped.output)?.[1];
    expect(Number(at)).toBeLessThan(768);
    const resumed = await train(signal);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.output).toContain(`from ${at}\n`);
    expect(await weights(signal)).toEqual(uninterrupted);
    expect(log(signal)).toEqual(log("whole"));
  });

  // How often: NCPS_KILLS, by default what takes a quarter of a minute.
  const kills = Number(process.env.NCPS_KILLS ?? 4);
  it(`killed at ${kills} random moments it ends as if it had not been`, async () => {
    const random = new Random(11);
    for (let killed = 0; killed < kills; ) {
      const name = `kills-${Math.floor(killed / 4)}`;
      const after = 1 + random.integer(100);
      let planned = false;
      const end = await train(name, (child, steps) => {
        if (steps < after || planned) return;
        planned = true;
        setTimeout(() => child.kill("SIGKILL"), random.uniform() * 5);
      });
      if (end.signal === "SIGKILL") {
        killed++;
        await readNewest(name);
      } else expect(end.code).toBe(0);
    }
    for (let i = 0; i < Math.ceil(kills / 4); i++) {
      expect(await train(`kills-${i}`)).toMatchObject({ code: 0 });
      expect(await weights(`kills-${i}`)).toEqual(uninterrupted);
      expect(log(`kills-${i}`)).toEqual(log("whole"));
    }
  }, 1_800_000);

  async function readNewest(name: string): Promise<void> {
    const store = new FileCheckpointStore(join(folder, name, "checkpoints"));
    const newest = await newestCheckpoint(store.directory);
    if (newest !== undefined) await readCheckpoint(store, newest, { kind: "ppo" });
  }
});

describe("openRun", () => {
  it("goes on, starts beside, or overwrites", async () => {
    const path = join(folder, "behaviour");
    const first = await openRun(path, { table: false });
    first.logger.record("a", 1);
    first.logger.dump(1);
    first.logger.close();
    expect(first.resumeFrom).toBeUndefined();
    expect((await openRun(path, { restartBehavior: "restart" })).path).toBe(`${path}-2`);
    expect((await openRun(path, { restartBehavior: "restart" })).path).toBe(`${path}-3`);
    expect(existsSync(join(path, "progress.csv"))).toBe(true);
    writeFileSync(join(path, "mine.txt"), "");
    expect((await openRun(path, { restartBehavior: "overwrite" })).path).toBe(path);
    expect(existsSync(join(path, "mine.txt"))).toBe(false);
    await expect(openRun(path, { restartBehavior: "again" as "resume" })).rejects.toThrow(
      /"resume", "restart"/,
    );
  });

  it("changes nothing for wrong options, and says where it cannot write", async () => {
    const path = join(folder, "kept");
    (await openRun(path, { table: false })).logger.close();
    const formats = ["cvs" as "csv"];
    await expect(openRun(path, { restartBehavior: "overwrite", formats })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining('received "cvs"'),
    });
    expect(existsSync(join(path, "run.json"))).toBe(true);
    await expect(openRun(join(path, "run.json", "below"))).rejects.toMatchObject({ code: "LOGGING" });
  });

  it.each(['{"starts": [', "null", "{}", "[]"])("names a damaged run.json: %s", async (text) => {
    const path = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(path, "run.json"), text);
    await expect(openRun(path, { table: false })).rejects.toMatchObject({
      code: "INVALID_STATE",
      message: expect.stringContaining("run.json was damaged"),
    });
  });

  it("touches no folder that is not a run", async () => {
    const path = join(folder, "foreign");
    mkdirSync(path);
    writeFileSync(join(path, "thesis.tex"), "");
    for (const restartBehavior of ["resume", "restart", "overwrite"] as const) {
      await expect(openRun(path, { restartBehavior })).rejects.toThrow(/is not a run/);
    }
    expect(readdirSync(path)).toEqual(["thesis.tex"]);
  });
});
