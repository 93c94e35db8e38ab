import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { LoggingError } from "../../../src/core/errors.js";
import { CsvSink } from "../../../src/node/logging/csv-sink.js";
import { JsonLinesSink } from "../../../src/node/logging/json-lines-sink.js";

// Paths that were synced to the disk.
const synced = vi.hoisted(() => [] as string[]);

// Number of bytes until the disk is full.
let room = Number.POSITIVE_INFINITY;

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const full = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  return {
    ...fs,
    writeSync(file: number, bytes: Uint8Array, at: number) {
      const length = Math.min(bytes.length - at, room);
      if (length === 0) throw full();
      room -= length;
      return fs.writeSync(file, bytes, at, length);
    },
    fsyncSync(file: number) {
      synced.push(fs.readlinkSync(`/proc/self/fd/${file}`));
      fs.fsyncSync(file);
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), "append-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  room = Number.POSITIVE_INFINITY;
});

it("leaves no part of a row on a full disk", () => {
  const path = join(folder, "progress.jsonl");
  const sink = new JsonLinesSink(path);
  sink.write({ loss: 1 }, 1);
  room = 9;
  expect(() => sink.write({ loss: 2 }, 2)).toThrow(LoggingError);
  room = 100;
  sink.write({ loss: 3 }, 3);
  expect(readFileSync(path, "utf8")).toBe('{"step":1,"loss":1}\n{"step":3,"loss":3}\n');
  expect(sink.getState()).toEqual({ rows: 2 });
});

it("adds columns completely or not at all", () => {
  const path = join(folder, "progress.csv");
  const sink = new CsvSink(path);
  sink.write({ a: 1 }, 1);
  room = 5;
  expect(() => sink.write({ a: 2, b: 2 }, 2)).toThrow(LoggingError);
  expect(readFileSync(path, "utf8")).toBe("step,a\n1,1\n");
  expect(readdirSync(folder)).not.toContain("progress.csv.tmp");
  room = 100;
  sink.write({ a: 3, b: 3 }, 3);
  expect(readFileSync(path, "utf8")).toBe("step,a,b\n1,1,\n3,3,3\n");
});

it.skipIf(process.platform !== "linux")("syncs its rows before a checkpoint counts them", () => {
  for (const [name, Sink] of [["synced.csv", CsvSink] as const, ["synced.jsonl", JsonLinesSink] as const]) {
    const path = join(folder, name);
    const sink = new Sink(path);
    sink.write({ a: 1 }, 1);
    synced.length = 0;
    sink.write({ a: 2 }, 2);
    expect(synced).toEqual([]);
    sink.getState();
    expect(synced).toEqual([path, folder]);
    sink.getState();
    expect(synced).toEqual([path, folder]);
  }
});

it.skipIf(process.platform !== "linux")("is synced before it replaces an earlier one", () => {
  const path = join(folder, "columns.csv");
  new CsvSink(path).write({ a: 1 }, 1);
  synced.length = 0;
  new CsvSink(path).write({ b: 1 }, 2);
  expect(synced.slice(0, 2)).toEqual([`${path}.tmp`, folder]);
});

it("does not follow a symbolic link at its temporary file", () => {
  const path = join(folder, "linked.csv");
  writeFileSync(join(folder, "precious"), "mine");
  symlinkSync(join(folder, "precious"), `${path}.tmp`);
  new CsvSink(path).write({ a: 1 }, 1);
  expect(readFileSync(join(folder, "precious"), "utf8")).toBe("mine");
  expect(readFileSync(path, "utf8")).toBe("step,a\n1,1\n");
});
