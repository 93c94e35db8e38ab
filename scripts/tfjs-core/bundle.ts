/** Bundling tfjs-core's specs with the library's sources. */

import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Writes the bundle of `specs.ts` to a file. */
export async function bundleSpecs(outfile: string): Promise<void> {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  const given = {
    // CommonJS modules in the bundle ask for these; the .wasm files are next to tfjs's own file.
    require: "requireFrom(import.meta.url)",
    __filename: JSON.stringify(main),
    __dirname: JSON.stringify(dirname(main)),
  };
  const banner = Object.entries(given).map(([name, value]) => `const ${name} = ${value};`);
  await build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), "specs.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"], // the same modules of tfjs-core that its specs import
    ignoreAnnotations: true, // tfjs-core declares its specs as free of side effects
    nodePaths: process.env.NODE_PATH?.split(delimiter), // as Node and esbuild's command do
    banner: { js: ['import { createRequire as requireFrom } from "node:module";', ...banner].join("\n") },
    logLevel: "warning",
  });
}
