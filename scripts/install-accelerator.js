/**
 * Unpacks the optional package `onnxruntime-node` into node_modules for tests and benchmarks. It is not
 * installed: its install script would download CUDA libraries that nothing here uses.
 *
 *     node scripts/install-accelerator.js
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const version = peerDependencies["onnxruntime-node"];
const folder = mkdtempSync(join(tmpdir(), "ncps-ts-accelerator-"));
const shell = process.platform === "win32"; // npm is a batch file there
try {
  for (const name of ["onnxruntime-common", "onnxruntime-node"]) {
    const home = join(root, "node_modules", name);
    if (existsSync(join(home, "package.json"))) continue;
    const packed = execFileSync("npm", ["pack", "--json", `${name}@${version}`], { cwd: folder, shell });
    mkdirSync(home, { recursive: true });
    const archive = join(folder, JSON.parse(packed.toString())[0].filename);
    execFileSync("tar", ["-xzf", archive, "--strip-components=1", "-C", home]);
  }
} finally {
  rmSync(folder, { recursive: true });
}
