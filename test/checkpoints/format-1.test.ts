import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoints/checkpoint.js";

const folder = new URL("../fixtures/checkpoint-format-1/", import.meta.url);

describe("checkpoint format 1", () => {
  it("stays readable", async () => {
    const names = ["state.safetensors", "manifest.json"];
    const files = new Map(names.map((name) => [name, [new Uint8Array(readFileSync(new URL(name, folder)))]]));
    expect(await decodeCheckpoint(files)).toStrictEqual({
      kind: "example",
      libraryVersion: "0.1.0",
      created: "2025-01-01T00:00:00.000Z",
      config: { gamma: 0.99, targetKl: Number.POSITIVE_INFINITY, names: ["a", "$b"] },
      counters: { steps: 12345 },
      state: {
        weights: Float32Array.of(0.5, -1.25),
        bytes: Uint8Array.of(1, 2, 255),
        generator: Int32Array.of(-1, 2, -3, 4),
        clock: Uint32Array.of(4000000000),
        mean: Float64Array.of(0.1),
        last: [Number.NaN, -0, null, true, "é"],
      },
    });
  });
});
