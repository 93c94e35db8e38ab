/**
 * Bundles the library with all dependencies into `dist/ncps-ts.browser.js`, for pages without a bundler.
 *
 *     node scripts/build-browser-bundle.js
 */

import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const entry = `${root}src/browser-bundle.ts`;

/** Bundles; returns the files and the sources of their parts, and writes nothing. */
export function bundleForBrowsers() {
  return build({
    entryPoints: [entry],
    outfile: `${root}dist/ncps-ts.browser.js`,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    banner: { js: "/*! ncps-ts, Apache-2.0; licences of what is inside: THIRD-PARTY-NOTICES.md */" },
    absWorkingDir: root,
    logLevel: "error",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { outputFiles } = await bundleForBrowsers();
  const { mkdirSync, writeFileSync } = await import("node:fs");
  mkdirSync(`${root}dist`, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  copyFileSync(entry, `${root}dist/ncps-ts.browser.d.ts`); // re-exports alone: its declarations are itself
}
