/** Plugins of tsup that the builds of the packages share. */

import { transform } from "esbuild";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];
type EsbuildPlugin = NonNullable<Options["esbuildPlugins"]>[number];

// "node" makes esbuild annotate the names of exports, for `import()`.
const commonJs = { format: "cjs", target: "es2022", platform: "node" } as const;
const ownUrl = {
  define: { "import.meta.url": "ownUrl" },
  banner: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;',
};

// esbuild carries over a source map that the source comes with.
function withMap(source: string, map: unknown): string {
  const text = Buffer.from(String(map)).toString("base64");
  return `${source}\n//# sourceMappingURL=data:application/json;base64,${text}\n`;
}

/**
 * Lets all entries share one registry and one set of classes: common code is in chunks, in CommonJS as well.
 * esbuild splits ES modules only, and tsup's own conversion to CommonJS rewrites class fields and `?.` into slow
 * helpers, so chunks are split as ES modules here and each is then converted separately.
 */
export const sharedChunks: Plugin = {
  name: "shared-chunks",
  esbuildOptions(options) {
    options.splitting = true;
    options.format = "esm";
    options.sourcesContent = false; // the package contains the sources once, in addition to both formats
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
    // Bundling renames a class that refers to itself to `_Random`, which would be visible in stack traces and consoles.
    const named = code.replace(/\b_([A-Z]\w*)\b/g, (name, bare) =>
      code.includes(`var ${bare} = class ${name} `) ? bare : name,
    );
    return { code: named, map };
  },
};

/**
 * Keeps every module a separate file, so that bundlers of pages include only the files that a program uses:
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
