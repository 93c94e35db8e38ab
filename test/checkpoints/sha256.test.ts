import { describe, expect, it, vi } from "vitest";
import { sha256 } from "../../src/checkpoints/sha256.js";
import { CheckpointError } from "../../src/core/errors.js";

describe("sha256", () => {
  it("gives the known digests", async () => {
    const text = (words: string) => new TextEncoder().encode(words);
    expect(await sha256(text("abc"), "x")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(await sha256(text(""), "x")).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(await sha256(text("xabcx").subarray(1, 4), "x")).toBe(await sha256(text("abc"), "x"));
  });

  it("says so when the page has no crypto.subtle", async () => {
    vi.stubGlobal("crypto", {});
    await expect(sha256(new Uint8Array(1), "state")).rejects.toThrow(CheckpointError);
    await expect(sha256(new Uint8Array(1), "state")).rejects.toThrow(/https/);
    vi.unstubAllGlobals();
  });

  it("says so when there are too many bytes", async () => {
    const bytes = Object.defineProperty(new Uint8Array(1), "length", { value: 2 ** 31 });
    await expect(sha256(bytes, "state")).rejects.toThrow(/state: 2147483648 bytes.*2 GiB/);
  });
});
