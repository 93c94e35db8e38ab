/** A software GPU for tests: the SwiftShader that comes with Debian's package chromium, under Dawn in Node. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const chromium = "/usr/lib/chromium";

/** Path of Chromium. */
export const browserPath = "/usr/bin/chromium";

/** Whether there is a software GPU for Node. */
export const hasSoftwareGpu = existsSync(`${chromium}/libvk_swiftshader.so`);

/**
 * Runs a TypeScript file in a process with SwiftShader as its only GPU; returns the JSON that it wrote to its
 * argument.
 */
export function runOnSwiftShader<T>(script: string): T {
  const folder = mkdtempSync(join(tmpdir(), "ncps-ts-webgpu-"));
  const result = join(folder, "result.json");
  try {
    const run = spawnSync(process.execPath, ["--import", "tsx", script, result], {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        VK_ICD_FILENAMES: `${chromium}/vk_swiftshader_icd.json`,
        LD_LIBRARY_PATH: chromium, // for its libvulkan, read when a process starts
      },
    });
    if (run.status !== 0) throw new Error(`${script} ended with ${run.status}\n${run.stderr}\n${run.stdout}`);
    return JSON.parse(readFileSync(result, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
