import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { simulateDrives } from "../../examples/lidar-steering/drives.js";
import { writeNpz } from "../../src/bridges/npz.js";
import { runExample } from "./run-example.js";

describe("examples/lidar-steering", () => {
  it("learns from simulated drives, and says that they are simulated", async () => {
    const printed = await runExample("lidar-steering", "--epochs", "1");
    expect(printed).toMatch(/simulated drives, not from the recorded/);
    expect(printed).toMatch(/8 drives: 60 sequences for training, 20 for testing\n22006 weights/);
    const errors = [...printed.matchAll(/test error (\d\.\d+)/g)].map(([, error]) => Number(error));
    expect(errors).toHaveLength(2);
    expect(errors[1]).toBeLessThan(errors[0]);
  }, 60_000);

  it("reads a folder of packed drives or of texts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ncps-ts-lidar-"));
    try {
      const drives = simulateDrives(2, 40, 0);
      for (const [i, { ranges, steering, beams }] of drives.entries()) {
        const lines = Array.from(steering, (command, step) =>
          [step, 0, 0, ...ranges.subarray(step * beams, (step + 1) * beams), command].join(","),
        );
        await writeFile(join(folder, `trace_${i}.csv`), lines.join("\n"));
      }
      const args = ["--data", folder, "--epochs", "0"];
      const printed = await runExample("lidar-steering", ...args);
      expect(printed).toContain("2 drives: 2 sequences for training, 2 for testing");
      const arrays = drives.flatMap(({ ranges, steering, beams }, i): [string, never][] => [
        [`x_${i}`, { shape: [steering.length, beams], data: ranges } as never],
        [`y_${i}`, { shape: [steering.length], data: steering } as never],
      ]);
      await writeFile(join(folder, "packed.npz"), writeNpz(new Map(arrays)));
      expect(await runExample("lidar-steering", ...args)).toBe(printed);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});
