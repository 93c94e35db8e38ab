import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { SavedMemoryReport } from "../../bench/support/saved-memory.js";

const script = fileURLToPath(new URL("../../bench/support/saved-memory.ts", import.meta.url));

it("saving and loading a run with 212 MB of frames needs less than half of that in additional memory", async () => {
  const folder = mkdtempSync(join(tmpdir(), "saved-memory-"));
  const run = async (phase: string): Promise<SavedMemoryReport> => {
    const args = ["--import", "tsx", script, phase, folder, "30000"];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
  };
  try {
    const saved = await run("save");
    const loaded = await run("load");
    expect(saved.frameBytes).toBe(30_000 * 84 * 84);
    expect(saved.extraBytes).toBeLessThan(saved.frameBytes / 2);
    expect(loaded.extraBytes).toBeLessThan(loaded.frameBytes / 2);
    expect(loaded.sha256).toBe(saved.sha256);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
