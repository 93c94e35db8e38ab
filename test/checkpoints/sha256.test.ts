import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sha256, startSha256 } from "../../src/checkpoints/sha256.js";
import { Random } from "../../src/core/random.js";

afterEach(() => void vi.unstubAllGlobals());

const text = (value: string) => new TextEncoder().encode(value);

describe.each(["Node's", "the portable"])("sha256, %s", (which) => {
  const choose = () => {
    if (which !== "Node's") vi.stubGlobal("process", undefined);
  };

  it("gives the digests of FIPS 180-4", () => {
    choose();
    expect(sha256(text("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256(text(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256(text("xabcx").subarray(1, 4))).toBe(sha256(text("abc")));
  });

  it("accepts bytes in pieces of any length", () => {
    const random = new Random(2);
    const bytes = Uint8Array.from({ length: 5000 }, () => random.integer(256));
    const expected = createHash("sha256").update(bytes).digest("hex");
    choose();
    for (let round = 0; round < 20; round++) {
      const hash = startSha256();
      for (let at = 0; at < bytes.length; ) {
        const end = at + random.integer(300);
        hash.update(bytes.subarray(at, end));
        at = end;
      }
      expect(hash.hex()).toBe(expected);
    }
  });
});
