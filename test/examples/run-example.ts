/** Runs an example as its user does. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Root of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `node --import tsx examples/<name>/index.ts ...args` prints; `name` may also be a file such as `quick-start.ts`. */
export async function runExample(name: string, ...args: string[]): Promise<string> {
  const file = name.endsWith(".ts") ? `examples/${name}` : `examples/${name}/index.ts`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file, ...args], {
    cwd: root,
  });
  return stdout;
}
