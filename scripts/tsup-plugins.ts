/** Plugins of tsup that the builds of the packages share. */

import { transform } from "esbuild";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];
type EsbuildPlugin = NonNullable<Options["esbuildPlugins"]>[number];

// "node" makes esbuild tell the names of exports, for `import()`.
const commonJs = { format: "cjs", target: "es2022", platform: "node" } as const;
const ownUrl = {
  define: { "import.meta.url": "ownUrl" },
  banner: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;',
};

// esbuild carries a map over that the source brings along.
function withMap(source: string, map: unknown): string {
  const text = Buffer.from(String(map)).toString("base64");
  return `${source}\n//# sourceMappingURL=data:application/json;base64,${text}\n`;
}

/**
 * Lets all entries share one registry and one set of classes: common code lies in chunks, in CommonJS as well.
 * esbuild splits ES modules only, and tsup's own way to CommonJS rewrites class fields and `?.` into slow
 * helpers, so chunks are split as ES modules here and each is then translated as it is.
 */
export const sharedChunks: Plugin = {
  name: "shared-chunks",
  esbuildOptions(options) {
    options.splitting = true;
    options.format = "esm";
    options.sourcesContent = false; // the package holds the sources once, beside both formats
  },
  async renderChunk(source, info) {
    const { path } = info;
    if (info.type !== "chunk" || !/\.c?js$/.test(path)) return undefined;
    const { code, map } =
      this.format === "cjs"
        ? await transform(withMap(source, info.map), {
            ...(source.includes("import.meta.url") && ownUrl),
            ...commonJs,
            ...{ sourcemap: true, sourcesContent: false, sourcefile: "chunk.js" },
          })
        : { code: source };
    // Bundling names a class that mentions itself `_Random`, which would show in stack traces and consoles.
    const named = code.replace(/\b_([A-Z]\w*)\b/g, (name, bare) =>
      code.includes(`var ${bare} = class ${name} `) ? bare : name,
    );
    return { code: named, map };
  },
};

/**
 * Keeps every module a file of its own, so that bundlers of pages take only the files that a program uses:
 * `sideEffects` in package.json can name files only.
 */
export const ownModules: EsbuildPlugin = {
  name: "own-modules",
  setup(build) {
    const ending = build.initialOptions.outExtension?.[".js"] ?? ".js";
    build.onResolve({ filter: /^\.\.?\// }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      return { path: path.replace(/\.js$/, ending), external: true };
    });
  },
};
