import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/checkpoints/checkpoint.js";
import { CheckpointError, InvalidArgumentError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ncps-checkpoints-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const checkpoint = (step: number) => ({
  kind: "test",
  config: { name: "x" },
  state: { step, weights: new Float32Array(1000).fill(step) },
});

const entries = () => readdirSync(directory).sort();

describe("FileCheckpointStore", () => {
  it("creates its directory, writes a folder of two files, reads it back", async () => {
    const store = new FileCheckpointStore(join(directory, "runs", "one"));
    expect(await store.list()).toEqual([]);
    const path = await writeCheckpoint(store, "last", checkpoint(3));
    expect(path).toBe(join(directory, "runs", "one", "last"));
    expect(readdirSync(path).sort()).toEqual(["manifest.json", "state.safetensors"]);
    expect(await store.list()).toEqual(["last"]);
    const other = new FileCheckpointStore(join(directory, "runs", "one"));
    expect((await readCheckpoint(other, "last")).state).toEqual(checkpoint(3).state);
  });

  it("replaces a checkpoint of the same name and leaves nothing else behind", async () => {
    const store = new FileCheckpointStore(directory);
    for (const step of [1, 2, 3]) await writeCheckpoint(store, "last", checkpoint(step));
    expect((await readCheckpoint(store, "last")).state.step).toBe(3);
    expect(entries()).toEqual(["last"]);
  });

  it("runs concurrent calls one after the other", async () => {
    const store = new FileCheckpointStore(directory);
    const writes = [1, 2, 3, 4].map((step) => writeCheckpoint(store, "last", checkpoint(step)));
    await Promise.all([...writes, writeCheckpoint(store, "best", checkpoint(9))]);
    expect(await store.list()).toEqual(["best", "last"]);
    expect([1, 2, 3, 4]).toContain((await readCheckpoint(store, "last")).state.step);
    expect(entries()).toEqual(["best", "last"]);
  });

  it("removes checkpoints", async () => {
    const store = new FileCheckpointStore(directory);
    await writeCheckpoint(store, "a", checkpoint(1));
    await writeCheckpoint(store, "b", checkpoint(2));
    await store.remove("a");
    await store.remove("a");
    expect(entries()).toEqual(["b"]);
    await expect(store.read("a")).rejects.toThrow(CheckpointError);
    await expect(store.read("a")).rejects.toThrow(/no checkpoint "a".*there are: b/);
  });

  it("ignores unfinished and foreign folders", async () => {
    const store = new FileCheckpointStore(directory);
    await writeCheckpoint(store, "last", checkpoint(1));
    mkdirSync(join(directory, ".last.tmp"));
    writeFileSync(join(directory, ".last.tmp", "state.safetensors"), "half");
    mkdirSync(join(directory, ".next.tmp"));
    mkdirSync(join(directory, "logs"));
    writeFileSync(join(directory, "log.csv"), "1,2");
    expect(await store.list()).toEqual(["last"]);
    expect((await readCheckpoint(store, "last")).state.step).toBe(1);
    await writeCheckpoint(store, "last", checkpoint(2));
    expect(entries()).toEqual([".next.tmp", "last", "log.csv", "logs"]);
  });

  it("removes unfinished folders older than an hour at its first write, and no foreign folders", async () => {
    await writeCheckpoint(new FileCheckpointStore(directory), "last", checkpoint(1));
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const [name, file, date] of [
      [".step-84.tmp", "state.safetensors", old],
      [".step-90.tmp", "state.safetensors", new Date()],
      [".mine.tmp", "notes.txt", old],
    ] as const) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, file), "half");
      utimesSync(join(directory, name, file), date, date);
      utimesSync(join(directory, name), date, date);
    }
    const store = new FileCheckpointStore(directory);
    await writeCheckpoint(store, "last", checkpoint(2));
    expect(entries()).toEqual([".mine.tmp", ".step-90.tmp", "last"]);
    await store.sweep();
    expect(entries()).toEqual([".mine.tmp", "last"]);
  });

  it("never replaces or removes anything but checkpoints", async () => {
    const store = new FileCheckpointStore(directory);
    mkdirSync(join(directory, "results"));
    writeFileSync(join(directory, "results", "paper.tex"), "years of work");
    writeFileSync(join(directory, "notes"), "more work");
    await expect(writeCheckpoint(store, "results", checkpoint(1))).rejects.toThrow(
      /paper\.tex.*another name/,
    );
    await expect(writeCheckpoint(store, "notes", checkpoint(1))).rejects.toThrow(/is a file/);
    await expect(store.remove("results")).rejects.toThrow(/not a checkpoint/);
    await expect(store.remove("notes")).rejects.toThrow(/not a checkpoint/);
    expect(entries()).toEqual(["notes", "results"]);
    expect(readFileSync(join(directory, "results", "paper.tex"), "utf8")).toBe("years of work");
    await expect(store.read("notes")).rejects.toThrow(CheckpointError);
  });

  it("reports damaged files", async () => {
    const store = new FileCheckpointStore(directory);
    const path = await writeCheckpoint(store, "last", checkpoint(1));
    const bytes = readFileSync(join(path, "state.safetensors"));
    bytes[bytes.length - 7] ^= 4;
    writeFileSync(join(path, "state.safetensors"), bytes);
    await expect(readCheckpoint(store, "last")).rejects.toThrow(/"last": state\.safetensors.*SHA-256/);
    rmSync(join(path, "manifest.json"));
    await expect(readCheckpoint(store, "last")).rejects.toThrow(/manifest\.json: the file is missing/);
  });

  it("rejects names that lead elsewhere", async () => {
    const store = new FileCheckpointStore(directory);
    for (const name of ["../last", "a/b", "", ".", ".hidden"]) {
      await expect(writeCheckpoint(store, name, checkpoint(1))).rejects.toThrow(InvalidArgumentError);
      await expect(store.read(name)).rejects.toThrow(InvalidArgumentError);
      await expect(store.remove(name)).rejects.toThrow(InvalidArgumentError);
    }
    expect(entries()).toEqual([]);
  });

  it("reports that a part of its path is a file", async () => {
    writeFileSync(join(directory, "file"), "");
    const store = new FileCheckpointStore(join(directory, "file", "runs"));
    await expect(writeCheckpoint(store, "last", checkpoint(1))).rejects.toThrow(CheckpointError);
    await expect(writeCheckpoint(store, "last", checkpoint(1))).rejects.toThrow(/is a file \(ENOTDIR\)/);
    await expect(store.list()).rejects.toThrow(CheckpointError);
  });

  it.skipIf(process.platform === "win32")("reports that the directory is read-only", async () => {
    const store = new FileCheckpointStore(directory);
    await writeCheckpoint(store, "last", checkpoint(1));
    chmodSync(directory, 0o555);
    const root = process.geteuid?.() === 0; // to whom nothing is read-only
    if (root) process.seteuid?.(65534);
    try {
      const write = (name: string) => writeCheckpoint(store, name, checkpoint(2));
      await expect(write("next")).rejects.toThrow(CheckpointError);
      await expect(write("next")).rejects.toThrow(/no permission.*EACCES/);
      await expect(write("last")).rejects.toThrow(CheckpointError);
      await expect(store.remove("last")).rejects.toThrow(CheckpointError);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(directory, 0o755);
    }
    expect(entries()).toEqual(["last"]);
    expect((await readCheckpoint(store, "last")).state.step).toBe(1);
  });
});

describe("FileCheckpointStore in a process that is killed", () => {
  it("always leaves a complete checkpoint", async () => {
    const random = new Random(5);
    let last = 0;
    for (let round = 0; round < 4; round++) {
      const reported = await writeUntilKilled(20 + random.integer(100));
      const store = new FileCheckpointStore(directory);
      const { state } = await readCheckpoint(store, "last", { kind: "kill" });
      const step = state.step as number;
      expect(step).toBeGreaterThanOrEqual(Math.max(last, reported));
      expect((state.weights as Float32Array).every((weight) => weight === step)).toBe(true);
      expect(await store.list()).toEqual(["last"]);
      last = step;
    }
    await writeCheckpoint(new FileCheckpointStore(directory), "last", checkpoint(1));
    expect(entries()).toEqual(["last"]);
  });
});

// Runs the writer in a separate process and kills it some time after its first checkpoint;
// returns the last step that it reported as written.
function writeUntilKilled(milliseconds: number): Promise<number> {
  const script = fileURLToPath(new URL("./checkpoint-writer.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let reported = 0;
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      if (reported === 0) setTimeout(() => child.kill("SIGKILL"), milliseconds);
      reported = Number(String(text).trim().split("\n").pop());
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL" && existsSync(directory)) resolve(reported);
      else reject(new Error(`the writer ended by itself with code ${code}`));
    });
  });
}
