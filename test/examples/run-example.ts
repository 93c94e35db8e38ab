/** Runs an example as its user does. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npx tsx examples/<name>/index.ts ...args` prints. */
export async function runExample(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    join(root, "node_modules/.bin/tsx"),
    [join(root, "examples", name, "index.ts"), ...args],
    { cwd: root },
  );
  return stdout;
}
