/** A software GPU for tests: the SwiftShader that comes with Debian's package chromium, under Dawn in Node. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const chromium = "/usr/lib/chromium";

/** Chromium's program. */
export const browserPath = "/usr/bin/chromium";

/** Whether there is a software GPU for Node. */
export const hasSoftwareGpu = existsSync(`${chromium}/libvk_swiftshader.so`);

/** Runs a TypeScript file in a process that sees SwiftShader as its only GPU; returns what it printed last, parsed. */
export function runOnSwiftShader<T>(script: string, args: string[] = []): T {
  const run = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      VK_ICD_FILENAMES: `${chromium}/vk_swiftshader_icd.json`,
      LD_LIBRARY_PATH: chromium, // for its libvulkan, read when a process starts
    },
  });
  if (run.status !== 0) throw new Error(`${script} ended with ${run.status}\n${run.stderr}\n${run.stdout}`);
  return JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "");
}
