import { describe, expect, it } from "vitest";
import { fuzz } from "../../scripts/fuzz-run.js";
import { targets as checkpoints } from "../../scripts/fuzz-targets/checkpoints.js";
import { targets as archives } from "../../scripts/fuzz-targets/dataset-archive.js";
import { targets as npz } from "../../scripts/fuzz-targets/npz.js";
import { targets as runs } from "../../scripts/fuzz-targets/run-folder.js";
import { targets as weights } from "../../scripts/fuzz-targets/weights.js";
import { targets as wirings } from "../../scripts/fuzz-targets/wirings.js";

describe("damaged and hostile inputs give typed errors or the right data", () => {
  // First, while the process is small: the memory test needs more memory than the process ever had.
  it("fuzz reports untyped errors, time and memory", async () => {
    const { failures } = await fuzz(
      {
        name: "bad",
        prepare: async () => {},
        mutate: (random) => random(),
        run: async () => {
          const end = performance.now() + 30_000;
          const start = process.cpuUsage();
          const used = () => process.cpuUsage(start).user / 1e6;
          const memory = new Uint8Array(process.resourceUsage().maxRSS * 1024 + 260e6).fill(1);
          // Many steps between two looks at the clock, which is slow on some machines.
          while (used() < 2.2 && performance.now() < end) for (let i = 0; i < 1e6; i++) memory[i]++;
          throw new TypeError("no table");
        },
      },
      { count: 1, first: 7 },
    );
    expect(failures).toEqual([
      expect.stringMatching(/^bad, mutant 7 of seed 0: TypeError: no table/),
      expect.stringMatching(/it took [2-9]\.\d s$/),
      expect.stringMatching(/it took \d+ MB$/),
    ]);
  });

  it.each([...weights, ...npz, ...archives, ...wirings, ...runs, ...checkpoints])(
    "of kind $name",
    async (target) => {
      const { typed, loaded, failures } = await fuzz(target, { count: 60, seed: 1 });
      expect(failures).toEqual([]);
      expect(typed).toBeGreaterThan(10);
      expect(typed + loaded).toBe(60);
    },
  );
});
