import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openRun } from "../../../src/node/run-folder.js";
import { thisProcess } from "../../../src/node/runs/process-identity.js";
import { LOCK_FILE, lockRun, RunLockedError } from "../../../src/node/runs/run-lock.js";

const folder = mkdtempSync(join(tmpdir(), "locks-"));
const script = fileURLToPath(new URL("../../../node_modules/.cache/lock-process.mjs", import.meta.url));
const children: ChildProcess[] = [];
const quiet = { table: false, warn: () => {} };
let path: string;

beforeAll(async () => {
  await build({
    stdin: {
      // Locks, writes how often it found itself alone there, and waits to be ended.
      contents: `
        import { lockRun } from "./src/node/runs/run-lock.ts";
        lockRun(process.argv[2], () => {}).then(
          () => { console.log("held"); setInterval(() => {}, 1000); },
          (error) => { console.log(error.code + " " + error.pid); },
        );`,
      resolveDir: fileURLToPath(new URL("../../..", import.meta.url)),
    },
    outfile: script,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  path = mkdtempSync(join(folder, "run-"));
});

/** Starts a process that locks the folder; returns the outcome. */
async function start(): Promise<{ child: ChildProcess; said: string; ended: Promise<unknown> }> {
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const ended = new Promise((resolve) => child.on("close", resolve));
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (text) => resolve(String(text).trim()));
    child.once("close", (code) => reject(new Error(`ended with ${code}`)));
  });
  return { child, said, ended };
}

const stale = (change: object) =>
  writeFileSync(
    join(path, LOCK_FILE),
    `${JSON.stringify({ ...thisProcess(), since: "2020-01-01T00:00:00.000Z", token: "old", ...change })}\n`,
  );

describe("the lock of a run's folder", () => {
  it("rejects a second process, naming id and host of the first, which continues", async () => {
    const { child, said } = await start();
    expect(said).toBe("held");
    const failure = await openRun(path, quiet).catch((error) => error);
    expect(failure).toBeInstanceOf(RunLockedError);
    expect(failure).toMatchObject({ code: "RUN_LOCKED", pid: child.pid, host: hostname() });
    expect(failure.message).toContain(`in use by process ${child.pid} on ${hostname()}`);
    expect(readdirSync(path)).toEqual([LOCK_FILE]);
  });

  it("rejects a second opening in the same process until the first is closed", async () => {
    const run = await openRun(path, quiet);
    await expect(openRun(path, quiet)).rejects.toThrow(/call close\(\) on that run/);
    run.close();
    run.close();
    (await openRun(path, quiet)).close();
    expect(readdirSync(path)).toEqual(["run.json"]);
  });

  it("is taken over from a killed process", async () => {
    const { child, said, ended } = await start();
    expect(said).toBe("held");
    child.kill("SIGKILL");
    await ended;
    expect(readdirSync(path)).toEqual([LOCK_FILE]);
    (await openRun(path, quiet)).close();
    expect(readdirSync(path)).toEqual(["run.json"]);
  });

  it.skipIf(process.platform !== "linux")(
    "is taken over when its process id belongs to another process now",
    async () => {
      stale({ started: "1" });
      (await openRun(path, quiet)).close();
      stale({ boot: "an earlier start of the machine" });
      (await openRun(path, quiet)).close();
      stale({});
      await expect(openRun(path, quiet)).rejects.toThrow(RunLockedError);
    },
  );

  it("is held by a process on another machine as long as it has a heartbeat", async () => {
    stale({ host: "elsewhere", pid: 1 });
    await expect(openRun(path, quiet)).rejects.toMatchObject({
      host: "elsewhere",
      message: expect.stringMatching(/remove .*run\.lock, or wait/),
    });
    const before = new Date(Date.now() - 11 * 60_000);
    utimesSync(join(path, LOCK_FILE), before, before);
    const told: string[] = [];
    (await openRun(path, { table: false, warn: (text) => told.push(text) })).close();
    expect(told).toEqual([expect.stringMatching(/taken over from process 1 on elsewhere.*11 minutes/)]);
  });

  it("sends heartbeats, and detects that it was taken over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const lock = await lockRun(path, () => {});
      utimesSync(join(path, LOCK_FILE), 1, 1);
      vi.advanceTimersByTime(31_000);
      const { pid } = JSON.parse(readFileSync(join(path, LOCK_FILE), "utf8"));
      expect(pid).toBe(process.pid);
      lock.check();
      rmSync(join(path, LOCK_FILE));
      vi.advanceTimersByTime(31_000);
      expect(readdirSync(path)).toEqual([LOCK_FILE]);
      stale({ pid: 77 });
      vi.advanceTimersByTime(31_000);
      expect(() => lock.check()).toThrow(/was taken over by process 77/);
      lock.release();
      expect(readdirSync(path)).toEqual([LOCK_FILE]); // it is the other's
    } finally {
      vi.useRealTimers();
    }
  });

  it("of a dead process is taken over by exactly one of many concurrent processes", async () => {
    for (let round = 0; round < 3; round++) {
      path = mkdtempSync(join(folder, "race-"));
      stale({ started: "1" });
      const all = await Promise.all(Array.from({ length: 6 }, start));
      const winners = all.filter(({ said }) => said === "held");
      expect(winners).toHaveLength(1);
      const losers = all.filter(({ said }) => said !== "held").map(({ said }) => said);
      expect(losers).toEqual(Array(5).fill(`RUN_LOCKED ${winners[0].child.pid}`));
      for (const { child, ended } of all) {
        child.kill("SIGKILL");
        await ended;
      }
    }
  });

  it("left incomplete, or by a process that died while taking over, can be taken over", async () => {
    for (const name of [LOCK_FILE, `${LOCK_FILE}.remover`]) {
      stale({ started: "1" });
      writeFileSync(join(path, name), '{"pid":');
      utimesSync(join(path, name), 1, 1);
      (await openRun(path, quiet)).close();
      expect(readdirSync(path)).toEqual(["run.json"]);
    }
  });

  it("that is not a file is reported", async () => {
    mkdirSync(join(path, LOCK_FILE));
    await expect(openRun(path, quiet)).rejects.toMatchObject({ code: "LOGGING" });
  });
});
