/**
 * Saving and loading a DQN run with a large replay memory: time, and resident memory beyond the frames themselves.
 *
 * `npm run bench -- saved-memory [frames]`; 430,000 frames of 84 x 84 are 3.0 GB.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SavedMemoryReport } from "./support/saved-memory.js";

const script = fileURLToPath(new URL("./support/saved-memory.ts", import.meta.url));

export async function run(args: string[] = []) {
  const frames = Number(args[0] ?? 430_000);
  const folder = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const rows: Record<string, string | number>[] = [];
  const metrics: Record<string, number> = {};
  const fingerprints = new Set<string>();
  try {
    for (const phase of ["save", "load"]) {
      const nodeArgs = ["--import", "tsx", script, phase, folder, String(frames)];
      const report: SavedMemoryReport = JSON.parse(String(execFileSync(process.execPath, nodeArgs)));
      const { frameBytes, extraBytes, seconds, longestBlock, sha256 } = report;
      fingerprints.add(sha256);
      rows.push({
        what: phase,
        "frames, GB": (frameBytes / 1e9).toFixed(2),
        seconds: seconds.toFixed(1),
        "MB more than the frames": Math.round(extraBytes / 1e6),
        "longest block, ms": Math.round(longestBlock),
      });
      metrics[`${phase}Seconds`] = Number(seconds.toFixed(2));
      metrics[`${phase}ExtraMegabytes`] = Math.round(extraBytes / 1e6);
      metrics[`${phase}LongestBlock`] = Math.round(longestBlock);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (fingerprints.size !== 1) throw new Error("the frames that were loaded are not those that were saved");
  return { rows, metrics };
}
