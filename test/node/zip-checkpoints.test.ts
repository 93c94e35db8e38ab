import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore, unzipCheckpoint } from "../../src/checkpoints/index.js";
import { ZipCheckpointStore } from "../../src/node/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { PPOTrainer } from "../../src/trainers/index.js";
import { wholeFiles } from "../checkpoints/whole-files.js";

const folder = mkdtempSync(join(tmpdir(), "zip-"));
const path = join(folder, "run.zip");
const options = { env: "CartPole-v1", numEnvs: 2, numSteps: 8, batchSize: 8, nEpochs: 1, seed: 1 };

function sourceOf(bytes: Uint8Array) {
  return { size: bytes.length, read: async (begin: number, end: number) => bytes.slice(begin, end) };
}

describe("checkpoints as zip files", () => {
  beforeAll(async () => {
    await useBackend("wasm");
    const trainer = new PPOTrainer(options);
    await trainer.learn({
      totalTimesteps: 64,
      callbacks: [{ onStep: ({ numTimesteps }) => numTimesteps < 24 }],
    });
    expect(await trainer.save(path)).toBe(path);
    await trainer.save(join(folder, "run"));
    await trainer.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("contain exactly the files of the folder form, and are one file", async () => {
    expect(readdirSync(folder).sort()).toEqual(["run", "run.zip"]);
    const files = await wholeFiles(await new ZipCheckpointStore(folder).read("run"));
    expect([...files.keys()]).toEqual(["state.safetensors", "manifest.json"]);
    const state = readFileSync(join(folder, "run", "state.safetensors"));
    expect(Buffer.compare(files.get("state.safetensors") as Uint8Array, state)).toBe(0);
  });

  it("load and resume by the same calls, bit for bit like folders", async () => {
    const ends: unknown[] = [];
    for (const from of [path, join(folder, "run")]) {
      const trainer = await PPOTrainer.resume(from);
      await trainer.learn();
      const { run, ...state } = trainer.getState();
      ends.push(state);
      await trainer.close();
    }
    expect(ends[0]).toEqual(ends[1]);
    const loaded = await PPOTrainer.load(path);
    expect(loaded.numTimesteps).toBe(24);
    await loaded.close();
  });

  it("can be read when another program packed the folder, deflated", async () => {
    const entries = Object.fromEntries(
      ["manifest.json", "state.safetensors"].map((name) => [
        `run/${name}`,
        new Uint8Array(readFileSync(join(folder, "run", name))),
      ]),
    );
    writeFileSync(join(folder, "packed.zip"), zipSync(entries, { level: 9 }));
    const trainer = await PPOTrainer.load(join(folder, "packed.zip"));
    expect(trainer.numTimesteps).toBe(24);
    await trainer.close();
  });

  it("are listed and removed by their store", async () => {
    const store = new ZipCheckpointStore(join(folder, "more"));
    expect(await store.list()).toEqual([]);
    await store.write("a", new Map([["manifest.json", [Uint8Array.of(1)]]]));
    expect(await store.list()).toEqual(["a"]);
    await store.remove("a");
    await store.remove("a");
    expect(await store.list()).toEqual([]);
    await expect(store.read("a")).rejects.toMatchObject({ code: "CHECKPOINT" });
  });

  it("throw a CheckpointError when truncated anywhere", async () => {
    const whole = new Uint8Array(readFileSync(path));
    for (let i = 1; i < 40; i++) {
      const cut = whole.slice(0, Math.floor((whole.length * i) / 40));
      await expect(unzipCheckpoint(sourceOf(cut))).rejects.toMatchObject({ code: "CHECKPOINT" });
    }
  });

  it("are not read beyond the size in their manifest", async () => {
    const manifest = new Uint8Array(readFileSync(join(folder, "run", "manifest.json")));
    const bomb = zipSync({ "manifest.json": manifest, "state.safetensors": new Uint8Array(150_000_000) });
    expect(bomb.length).toBeLessThan(400_000);
    writeFileSync(join(folder, "bomb.zip"), bomb);
    const before = process.memoryUsage().arrayBuffers;
    await expect(PPOTrainer.load(join(folder, "bomb.zip"))).rejects.toThrow(
      /state\.safetensors: expected \d+ bytes/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
  });

  it("can be made and read in memory by the same functions", async () => {
    const store = new MemoryCheckpointStore();
    await store.write("copy", await unzipCheckpoint(sourceOf(new Uint8Array(readFileSync(path)))));
    const trainer = await PPOTrainer.load({ store, name: "copy" });
    expect(trainer.numTimesteps).toBe(24);
    await trainer.close();
  });
});
