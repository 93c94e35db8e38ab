import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../src/checkpoints/memory-checkpoint-store.js";
import { CheckpointError, InvalidArgumentError } from "../../src/core/errors.js";
import { wholeFiles } from "./whole-files.js";

const files = (value: number) => new Map([["manifest.json", [Uint8Array.of(1, 2), Uint8Array.of(value)]]]);
const whole = (value: number) => new Map([["manifest.json", Uint8Array.of(1, 2, value)]]);

describe("MemoryCheckpointStore", () => {
  it("writes, lists, replaces and removes checkpoints", async () => {
    const store = new MemoryCheckpointStore();
    expect(await store.list()).toEqual([]);
    await store.write("b", files(1));
    await store.write("a", files(2));
    await store.write("b", files(3));
    expect(await store.list()).toEqual(["a", "b"]);
    expect(await wholeFiles(await store.read("b"))).toEqual(whole(3));
    await store.remove("b");
    await store.remove("b");
    await expect(store.read("b")).rejects.toThrow(CheckpointError);
    await expect(store.read("b")).rejects.toThrow(/there are: a/);
  });

  it("stores copies", async () => {
    const store = new MemoryCheckpointStore();
    const given = files(1);
    await store.write("a", given);
    given.get("manifest.json")?.[1].fill(9);
    for (const piece of (await store.read("a")).get("manifest.json") ?? []) piece.fill(9);
    expect(await wholeFiles(await store.read("a"))).toEqual(whole(1));
  });

  it.each(["", ".", "..", ".hidden", "a/b", "a\\b", "../a", "a\u0000", " a", "a:b", "a".repeat(101)])(
    "rejects the name %j",
    async (name) => {
      const store = new MemoryCheckpointStore();
      await expect(store.write(name, files(1))).rejects.toThrow(InvalidArgumentError);
      await expect(store.write("a", new Map([[name, [Uint8Array.of(1)]]]))).rejects.toThrow(
        InvalidArgumentError,
      );
    },
  );

  it.each(["a", "step-1000", "best model", "run.1_b", "é"])("accepts the name %j", async (name) => {
    const store = new MemoryCheckpointStore();
    await store.write(name, files(1));
    expect(await store.list()).toEqual([name]);
  });
});
