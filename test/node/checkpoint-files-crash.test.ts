import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/checkpoints/checkpoint.js";
import { CheckpointError } from "../../src/core/errors.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";

// A disk on which the n-th change is only half done, and after which nothing works any more: what a
// process killed at that moment leaves. With `fault` only that one change fails.
const disk = vi.hoisted(() => ({ changesLeft: Number.POSITIVE_INFINITY, fault: false, dead: false }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const failure = () => Object.assign(new Error("the disk is gone"), { code: "EIO", syscall: "any" });
  async function look<Result>(act: () => Promise<Result>): Promise<Result> {
    if (disk.dead) throw failure();
    return act();
  }
  async function change<Result>(act: () => Promise<Result>, half?: () => Promise<unknown>): Promise<Result> {
    if (disk.dead) throw failure();
    if (--disk.changesLeft > 0) return act();
    if (disk.changesLeft < 0) return act(); // the fault is over
    await half?.();
    disk.dead = !disk.fault;
    throw failure();
  }
  return {
    ...real,
    stat: (path: string) => look(() => real.stat(path)),
    readdir: (...parameters: Parameters<typeof real.readdir>) => look(() => real.readdir(...parameters)),
    mkdir: (...parameters: Parameters<typeof real.mkdir>) => change(() => real.mkdir(...parameters)),
    rename: (from: string, to: string) => change(() => real.rename(from, to)),
    rm: (path: string, options: object) =>
      change(
        () => real.rm(path, options),
        async () => {
          const [first] = await real.readdir(path).catch(() => []);
          if (first) await real.rm(join(path, first), options);
        },
      ),
    open: async (path: string, flags: string) => {
      const file = await (flags === "r" ? look : change)(() => real.open(path, flags));
      return {
        close: () => file.close(),
        sync: () => change(() => file.sync()),
        stat: () => file.stat(),
        read: (bytes: Uint8Array) => look(() => file.read(bytes)),
        write: (bytes: Uint8Array) =>
          change(
            () => file.write(bytes),
            () => file.write(bytes.subarray(0, bytes.length / 2)),
          ),
      };
    },
  };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ncps-crash-"));
});
afterEach(() => {
  disk.dead = false;
  disk.changesLeft = Number.POSITIVE_INFINITY;
  rmSync(directory, { recursive: true, force: true });
});

// With `large` the arrays are written in several pieces.
const write = (step: number, large = false) =>
  writeCheckpoint(new FileCheckpointStore(directory), "last", {
    kind: "crash",
    config: {},
    state: {
      step,
      weights: new Float32Array(50).fill(step),
      frames: [0, 1].map(() => new Uint8Array(large ? 300_000 : 3).fill(step)),
    },
  });
const remove = () => new FileCheckpointStore(directory).remove("last");

// Runs `act` with a crash at its n-th change; returns whether it came that far.
async function crashAt(n: number, act: () => Promise<unknown>, fault = false): Promise<boolean> {
  Object.assign(disk, { changesLeft: n, fault, dead: false });
  await act().catch((error) => {
    expect(error).toBeInstanceOf(CheckpointError);
  });
  const crashed = disk.changesLeft <= 0;
  Object.assign(disk, { changesLeft: Number.POSITIVE_INFINITY, dead: false });
  return crashed;
}

// The step of the present checkpoint, null for none; throws when it is incomplete.
async function present(): Promise<number | null> {
  const store = new FileCheckpointStore(directory);
  const names = await store.list();
  if (names.length === 0) return null;
  expect(names).toEqual(["last"]);
  const { step, weights, frames } = (await readCheckpoint(store, "last")).state;
  for (const frame of frames as Uint8Array[]) expect(frame.every((value) => value === step)).toBe(true);
  expect(weights).toEqual(new Float32Array(50).fill(step as number));
  return step as number;
}

describe("FileCheckpointStore killed at any of its changes to the disk", () => {
  it("leaves nothing or the complete first checkpoint", async () => {
    const seen = new Set<number | null>();
    let n = 1;
    for (; await crashAt(n, () => write(1, true)); n++) {
      seen.add(await present());
      await write(2);
      expect(readdirSync(directory)).toEqual(["last"]);
      await remove();
    }
    expect(n).toBeGreaterThan(10);
    expect([...seen].sort()).toEqual([1, null]);
  });

  it("leaves the old or the new checkpoint, also after being killed again, and recovers", async () => {
    const seen = new Set<number | null>();
    let pairs = 0;
    for (let n = 1, more = true; more; n++) {
      for (let m = 1; ; m++, pairs++) {
        await write(1);
        more = await crashAt(n, () => write(2));
        const between = await present();
        expect([1, 2]).toContain(between);
        const again = await crashAt(m, () => write(3));
        const after = await present();
        expect([between, 3]).toContain(after);
        seen.add(after);
        await write(4);
        expect(await present()).toBe(4);
        expect(readdirSync(directory)).toEqual(["last"]);
        if (!again) break;
      }
    }
    expect(pairs).toBeGreaterThan(100);
    expect([...seen].sort()).toEqual([1, 2, 3]);
  });

  it("removes completely or not at all", async () => {
    const seen = new Set<number | null>();
    for (let n = 1; ; n++) {
      await write(1);
      const crashed = await crashAt(n, remove);
      seen.add(await present());
      await write(2);
      expect(readdirSync(directory)).toEqual(["last"]);
      if (!crashed) break;
    }
    expect([...seen].sort()).toEqual([1, null]);
  });
});

describe("FileCheckpointStore when one change to the disk fails", () => {
  it("keeps the earlier checkpoint and cleans up", async () => {
    let n = 1;
    for (; ; n++) {
      await write(1);
      if (!(await crashAt(n, () => write(2, true), true))) break;
      expect([1, 2]).toContain(await present());
      expect(readdirSync(directory).filter((name) => name.endsWith(".tmp"))).toEqual([]);
      expect(readdirSync(directory)).toContain("last");
    }
    expect(n).toBeGreaterThan(8);
  });
});
