import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { NcpsError } from "../../src/core/errors.js";
import { openRun } from "../../src/node/run-folder.js";

// A disk on which the n-th change fails.
const disk = vi.hoisted(() => ({ changesLeft: Number.POSITIVE_INFINITY, code: "" }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const faulty = <Call extends (...parameters: never[]) => unknown>(call: Call) =>
    ((...parameters) => {
      if (--disk.changesLeft === 0)
        throw Object.assign(new Error(`${disk.code}: failed`), { code: disk.code });
      return call(...parameters);
    }) as Call;
  const { mkdirSync, openSync, writeSync, fsyncSync, renameSync, readFileSync } = fs;
  const changed = { mkdirSync, openSync, writeSync, fsyncSync, renameSync, readFileSync };
  const entries = Object.entries(changed).map(([name, call]) => [name, faulty(call as never)]);
  return { ...fs, ...Object.fromEntries(entries) };
});

const folder = mkdtempSync(join(tmpdir(), "failing-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["ENOSPC", /the disk is full; free some space \(ENOSPC\)/],
  ["EROFS", /the file system is read-only/],
  ["EMFILE", /too many open files/],
])("openRun reports %s at each of its changes, and the next start succeeds", async (code, reason) => {
  const failures: NcpsError[] = [];
  for (let n = 1; ; n++) {
    const path = join(folder, code, String(n), "run");
    const options = { table: false, warn: () => {} };
    const begun = n % 2 === 0;
    if (begun) (await openRun(path, options)).close(); // an existing run, else a new one
    Object.assign(disk, { changesLeft: n, code });
    const failure = await openRun(path, options).then(
      (run) => run.close(),
      (error) => error,
    );
    const reached = disk.changesLeft <= 0;
    disk.changesLeft = Number.POSITIVE_INFINITY;
    if (failure) {
      expect(failure).toBeInstanceOf(NcpsError);
      expect(failure).toMatchObject({ code: "LOGGING", message: expect.stringMatching(reason) });
      failures.push(failure);
    }
    (await openRun(path, options)).close();
    expect(readdirSync(path)).toEqual(["run.json"]);
    if (!reached && begun) break;
  }
  expect(failures.length).toBeGreaterThan(6);
});
