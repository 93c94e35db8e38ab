/** Runs one training in two processes: the second one resumes from the checkpoint of the first. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readCheckpoint } from "../../src/checkpoints/index.js";
import type { StateRecord } from "../../src/core/state.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";

/** State at the end of a training that was stopped after `stopAt` steps and resumed in another process. */
export async function resumeElsewhere(
  kind: "ppo" | "dqn" | "cloning",
  scenario: string,
  stopAt: number,
): Promise<StateRecord> {
  const directory = mkdtempSync(join(tmpdir(), "resume-"));
  const script = fileURLToPath(new URL("./resume-process.ts", import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["--import", "tsx", script, kind, scenario, directory, ...args]);
  try {
    await run("-", String(stopAt), "middle");
    await run("middle", "Infinity", "end");
    const { run: _, ...state } = (await readCheckpoint(new FileCheckpointStore(directory), "end")).state;
    return state;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
