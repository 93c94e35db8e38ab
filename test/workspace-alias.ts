/** Where the sources of the workspaces lie, for programs that tests bundle with esbuild. */

import { fileURLToPath } from "node:url";

const source = (path: string) => fileURLToPath(new URL(`../packages/${path}/index.ts`, import.meta.url));

/** Sources by the names under which they are imported. */
export const workspaceAlias: Record<string, string> = {
  "ale-bindings": source("ale-bindings/src"),
  ...Object.fromEntries(
    ["core", "node", "wasm", "webgpu"].map((room) => [
      `tfjs-training/${room}`,
      source(`tfjs-training/src/${room}`),
    ]),
  ),
  "tfjs-training": source("tfjs-training/src"),
};
