import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/checkpoints/index.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";
import { checkpointToResume, newestCheckpoint } from "../../src/node/newest-checkpoint.js";
import { openRun, type Run } from "../../src/node/run-folder.js";
import { workspaceAlias } from "../workspace-alias.js";

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
    alias: workspaceAlias,
    ignoreAnnotations: true, // "sideEffects" of package.json names files of dist
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

// The log without columns that depend on the clock.
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
});

const quiet = { table: false, warn: () => {} };

// A run's folder with checkpoints of these steps.
async function runWith(name: string, ...steps: number[]): Promise<string> {
  const path = join(folder, name);
  (await openRun(path, quiet)).close();
  for (const step of steps) await save(path, step);
  return path;
}
const nameOf = (step: number) => `step-${String(step).padStart(12, "0")}`;
const save = (path: string, step: number) =>
  writeCheckpoint(new FileCheckpointStore(join(path, "checkpoints")), nameOf(step), {
    kind: "test",
    config: {},
    state: { step, weights: new Float32Array(20).fill(step) },
  });
// Changes one byte of a checkpoint's arrays.
function damage(path: string, step: number): void {
  const file = join(path, "checkpoints", nameOf(step), "state.safetensors");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(file, bytes);
}
const startsOf = (path: string) => JSON.parse(readFileSync(join(path, "run.json"), "utf8")).starts;

describe("openRun", () => {
  it("resumes, restarts in a new folder, or overwrites", async () => {
    const path = join(folder, "behaviour");
    const first = await openRun(path, quiet);
    first.logger.record("a", 1);
    first.logger.dump(1);
    first.close();
    expect(first.resumeFrom).toBeUndefined();
    expect((await openRun(path, { restartBehavior: "restart" })).path).toBe(`${path}-2`);
    expect((await openRun(path, { restartBehavior: "restart" })).path).toBe(`${path}-3`);
    expect(existsSync(join(path, "progress.csv"))).toBe(true);
    expect((await openRun(path, { restartBehavior: "overwrite" })).path).toBe(path);
    expect(readdirSync(path)).toEqual(["run.json", "run.lock"]);
    await expect(openRun(path, { restartBehavior: "again" as "resume" })).rejects.toThrow(
      /"resume", "restart"/,
    );
  });

  it("does not overwrite a folder with a foreign file at any depth", async () => {
    const path = await runWith("with-thesis", 1);
    for (const foreign of ["thesis.tex", "checkpoints/notes.txt", "checkpoints/step-000000000001/a.py"]) {
      writeFileSync(join(path, foreign), "mine");
      await expect(openRun(path, { ...quiet, restartBehavior: "overwrite" })).rejects.toMatchObject({
        code: "INVALID_STATE",
        message: expect.stringContaining(`${join(path, foreign)} is not a file of a run`),
      });
      expect(readFileSync(join(path, foreign), "utf8")).toBe("mine");
      rmSync(join(path, foreign));
    }
    symlinkSync(folder, join(path, "link"));
    await expect(openRun(path, { ...quiet, restartBehavior: "overwrite" })).rejects.toThrow(
      /link is not a file/,
    );
    expect(existsSync(join(path, "checkpoints", nameOf(1), "manifest.json"))).toBe(true);
  });

  it("overwrites files of the library: checkpoints, logs, episodes", async () => {
    const path = await runWith("own", 1);
    for (const own of ["videos", "earlier-1", "best"]) mkdirSync(join(path, own));
    for (const own of ["videos/episode-000100.gif", "earlier-1/progress.csv", "best/manifest.json"]) {
      writeFileSync(join(path, own), "");
    }
    (await openRun(path, { ...quiet, restartBehavior: "overwrite" })).close();
    expect(readdirSync(path)).toEqual(["run.json"]);
    expect(startsOf(path)).toHaveLength(1);
  });

  it("rejects a foreign run.json", async () => {
    const path = mkdtempSync(join(folder, "other-tool-"));
    for (const text of ['{"name": "x"}', '{"starts": []}', '{"starts": [{"at": 3}]}']) {
      writeFileSync(join(path, "run.json"), text);
      for (const restartBehavior of ["resume", "restart", "overwrite"] as const) {
        await expect(openRun(path, { ...quiet, restartBehavior })).rejects.toMatchObject({
          code: "INVALID_STATE",
          message: expect.stringContaining("is not a run's"),
        });
      }
      expect(readFileSync(join(path, "run.json"), "utf8")).toBe(text);
    }
    expect(readdirSync(path)).toEqual(["run.json"]);
  });

  it("changes nothing for invalid options, and reports where it cannot write", async () => {
    const path = join(folder, "kept");
    (await openRun(path, quiet)).close();
    const formats = ["cvs" as "csv"];
    await expect(openRun(path, { restartBehavior: "overwrite", formats })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining('received "cvs"'),
    });
    const config = { n: 1n } as unknown as Record<string, number>;
    await expect(openRun(path, { restartBehavior: "overwrite", config })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect(existsSync(join(path, "run.json"))).toBe(true);
    await expect(openRun(join(path, "run.json", "below"))).rejects.toMatchObject({ code: "LOGGING" });
    await expect(openRun(join(path, "run.json"))).rejects.toMatchObject({
      code: "LOGGING",
      message: expect.stringContaining("a file is in the way"),
    });
  });

  it.each([
    ['{"starts": [', /run.json was damaged/],
    ["null", /is not a run's, or was damaged/],
    ["{}", /is not a run's, or was damaged/],
    ["[]", /is not a run's, or was damaged/],
  ])("names a damaged run.json: %s", async (text, message) => {
    const path = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(path, "run.json"), text);
    const failure = await openRun(path, { table: false }).catch((error) => error);
    expect(failure).toMatchObject({ code: "INVALID_STATE" });
    expect(failure.message).toMatch(message);
  });

  it("names a run.json that is nested too deeply", async () => {
    const path = mkdtempSync(join(folder, "deep-"));
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    writeFileSync(join(path, "run.json"), `{"starts": ${deep}}`);
    await expect(openRun(path)).rejects.toMatchObject({ code: "INVALID_STATE" });
    expect(readFileSync(join(path, "run.json"), "utf8")).toContain(deep);
  });

  it("names a run.json that is not a file", async () => {
    const path = mkdtempSync(join(folder, "no-file-"));
    mkdirSync(join(path, "run.json"));
    await expect(openRun(path)).rejects.toMatchObject({ code: "INVALID_STATE" });
    const piped = mkdtempSync(join(folder, "pipe-"));
    execFileSync("mkfifo", [join(piped, "run.json")]);
    await expect(openRun(piped)).rejects.toMatchObject({ code: "INVALID_STATE" });
  });

  it("does not touch a folder that is not a run", async () => {
    const path = join(folder, "foreign");
    mkdirSync(path);
    writeFileSync(join(path, "thesis.tex"), "");
    for (const restartBehavior of ["resume", "restart", "overwrite"] as const) {
      await expect(openRun(path, { restartBehavior })).rejects.toThrow(
        /is not a run \(it holds thesis.tex\)/,
      );
    }
    expect(readdirSync(path)).toEqual(["thesis.tex"]);
  });

  it("accepts an empty folder, and one whose start was interrupted", async () => {
    for (const left of [[], ["run.json.tmp"], ["run.json"], ["run.lock", "run.json.tmp"]]) {
      const path = mkdtempSync(join(folder, "begun-"));
      for (const name of left) writeFileSync(join(path, name), "");
      if (left.includes("run.lock")) utimesSync(join(path, "run.lock"), 1, 1);
      (await openRun(path, quiet)).close();
      expect(readdirSync(path)).toEqual(["run.json"]);
      expect(startsOf(path)).toHaveLength(1);
    }
  });

  it("does not follow symbolic links at its files", async () => {
    const path = await runWith("linked");
    writeFileSync(join(folder, "target"), "precious");
    symlinkSync(join(folder, "target"), join(path, "run.json.tmp"));
    (await openRun(path, quiet)).close();
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("precious");
    expect(startsOf(path)).toHaveLength(2);
  });

  it.each([
    ["an empty", ""],
    ["a cut", '{"starts": [{"started'],
    ["no", undefined],
  ])("resumes from the checkpoints with %s run.json, and warns", async (_, text) => {
    const path = await runWith(`lost-${text?.length}`, 10);
    rmSync(join(path, "run.json"));
    if (text !== undefined) writeFileSync(join(path, "run.json"), text);
    const told: string[] = [];
    const run = await openRun(path, { table: false, warn: (line) => told.push(line) });
    run.close();
    expect(run.resumeFrom).toBe(join(path, "checkpoints", nameOf(10)));
    expect(told).toEqual([expect.stringMatching(/run.json is (empty|damaged|missing)/)]);
    expect(startsOf(path)).toHaveLength(1);
    if (text) expect(readFileSync(join(path, "run.json.damaged"), "utf8")).toBe(text);
  });

  it("uses the checkpoint before a damaged one, warns, and keeps the damaged one", async () => {
    const path = await runWith("flipped", 10, 20, 30);
    damage(path, 30);
    const kept = readFileSync(join(path, "checkpoints", nameOf(30), "state.safetensors"));
    const told: string[] = [];
    const run = await openRun(path, { table: false, warn: (line) => told.push(line) });
    expect(run.resumeFrom).toBe(join(path, "checkpoints", nameOf(20)));
    expect(told[0]).toMatch(/step-000000000030 cannot be used.*SHA-256.*is used: step-000000000020/);
    await save(path, 30);
    expect(readFileSync(join(path, "checkpoints/damaged", nameOf(30), "state.safetensors"))).toEqual(kept);
    run.close();
    expect(await newestCheckpoint(join(path, "checkpoints"))).toBe(nameOf(30));
  });

  it("throws when all checkpoints are damaged", async () => {
    const path = await runWith("all-flipped", 10, 20);
    for (const step of [10, 20]) damage(path, step);
    await expect(openRun(path, quiet)).rejects.toMatchObject({
      code: "CHECKPOINT",
      message: expect.stringContaining("nor can any before it (2 in all)"),
    });
    expect(readdirSync(path)).toEqual(["checkpoints", "run.json"]);
    expect(readdirSync(join(path, "checkpoints"))).toEqual([nameOf(10), nameOf(20)]);
  });

  it("removes leftovers of a killed process among the checkpoints", async () => {
    const path = await runWith("leftovers", 10);
    const checkpoints = join(path, "checkpoints");
    mkdirSync(join(checkpoints, ".step-84.tmp"));
    writeFileSync(join(checkpoints, ".step-84.tmp", "state.safetensors"), "half");
    cpSync(join(checkpoints, nameOf(10)), join(checkpoints, `.${nameOf(20)}.old`), { recursive: true });
    mkdirSync(join(checkpoints, ".mine.tmp"));
    writeFileSync(join(checkpoints, ".mine.tmp", "notes.txt"), "");
    (await openRun(path, quiet)).close();
    expect(readdirSync(checkpoints)).toEqual([".mine.tmp", nameOf(10), nameOf(20)]);
  });

  it("writes no secrets of the command line", async () => {
    const script = fileURLToPath(new URL("../../node_modules/.cache/open-run.mjs", import.meta.url));
    await build({
      stdin: {
        contents: `import { openRun } from "./src/node/run-folder.ts"; (await openRun(process.argv[2])).close();`,
        resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
      },
      outfile: script,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
    });
    const path = join(folder, "secret");
    const env = { ...process.env, WANDB_API_KEY: "hunter2-environment" };
    execFileSync(
      process.execPath,
      [script, path, "--password", "hunter2", "--api-key=hunter2", "--lr", "3"],
      { env },
    );
    const text = readFileSync(join(path, "run.json"), "utf8");
    expect(text).not.toContain("hunter2");
    expect(startsOf(path)[0].command).toEqual([
      "open-run.mjs",
      path,
      "--password",
      "***",
      "--api-key=***",
      "--lr",
      "3",
    ]);
  });
});

describe("the logs of a run that starts from scratch", () => {
  const log = (run: Run, step: number) => {
    run.logger.record("a", step);
    run.logger.dump(step);
  };

  it("do not overwrite those of an earlier start", async () => {
    const path = join(folder, "no-checkpoints");
    for (const start of [1, 2, 3]) {
      const run = await openRun(path, quiet);
      for (let step = 1; step <= 5; step++) log(run, start * 10 + step);
      run.close();
    }
    const rows = (file: string) => readFileSync(join(path, file), "utf8").split("\n").slice(1, 3);
    expect(rows("earlier-1/progress.csv")).toEqual(["11,11", "12,12"]);
    expect(rows("earlier-2/progress.csv")).toEqual(["21,21", "22,22"]);
    expect(rows("progress.csv")).toEqual(["31,31", "32,32"]);
    expect(readdirSync(join(path, "earlier-1")).map((name) => name.slice(0, 12))).toEqual([
      "events.out.t",
      "progress.csv",
      "progress.jso",
    ]);
  });

  it("are unchanged when nothing is written", async () => {
    const path = join(folder, "only-opened");
    const run = await openRun(path, quiet);
    log(run, 1);
    run.close();
    const before = readdirSync(path);
    (await openRun(path, quiet)).close();
    expect(readdirSync(path)).toEqual(before);
  });

  it("are continued when a state is restored, wherever it was saved", async () => {
    const path = join(folder, "saved-elsewhere");
    const first = await openRun(path, quiet);
    log(first, 1);
    const state = first.logger.getState();
    log(first, 2);
    first.close();
    const second = await openRun(path, quiet);
    second.logger.setState(state);
    log(second, 3);
    second.close();
    expect(readFileSync(join(path, "progress.csv"), "utf8")).toBe("step,a\n1,1\n3,3\n");
    expect(existsSync(join(path, "earlier-1"))).toBe(false);
  });
});

describe("resume from a run's folder", () => {
  it("uses the checkpoint before a damaged one, warns, and keeps the damaged one", async () => {
    const path = await runWith("resumed", 10, 20);
    damage(path, 20);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { name } = await checkpointToResume(path);
    expect(name).toBe(nameOf(10));
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/step-000000000020 cannot be used/));
    warn.mockRestore();
    expect(readdirSync(join(path, "checkpoints"))).toEqual([nameOf(10), nameOf(20)]);
  });
});
