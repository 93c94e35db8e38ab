import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { LoggingError } from "../../../src/core/errors.js";
import { CsvSink } from "../../../src/node/logging/csv-sink.js";
import { JsonLinesSink } from "../../../src/node/logging/json-lines-sink.js";

// How many bytes the disk still takes.
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
    writeFileSync(path: string, text: string) {
      fs.writeFileSync(path, text.slice(0, room));
      if (text.length > room) throw full();
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

it("adds columns wholly or not at all", () => {
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
