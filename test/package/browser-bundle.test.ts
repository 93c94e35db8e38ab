import { isBuiltin } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type StdinOptions } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const src = fileURLToPath(new URL("../../src", import.meta.url));

/** A Node module that one of our own files imports. */
interface NodeImport {
  /** File that imports it, from the root of the repository. */
  file: string;
  /** What it imports. */
  module: string;
}

/** Bundles for browsers; lists the Node modules that files in src/ import on the way, and the bundle's inputs. */
async function bundle(entry: { file: string } | { virtual: StdinOptions }) {
  const nodeImports: NodeImport[] = [];
  const recordNodeImports: Plugin = {
    name: "record-node-imports",
    setup(hooks) {
      hooks.onResolve({ filter: /.*/ }, ({ path, importer, resolveDir }) => {
        const own = importer.startsWith(src) || resolveDir.startsWith(src);
        if (!own || !isBuiltin(path)) return undefined; // tfjs maps the Node modules it names to nothing itself
        nodeImports.push({ file: relative(root, importer), module: path });
        return { path, external: true };
      });
    },
  };
  const { outputFiles, metafile } = await build({
    ...("file" in entry ? { entryPoints: [entry.file] } : { stdin: entry.virtual, packages: "external" }),
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    ignoreAnnotations: true, // so that no file goes unseen
    absWorkingDir: root,
    logLevel: "silent",
    plugins: [recordNodeImports],
  });
  return { nodeImports, code: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

it("the main entry bundles for browsers and imports no Node module", async () => {
  const { nodeImports, code, inputs } = await bundle({ file: `${src}/index.ts` });
  expect(nodeImports).toEqual([]);
  expect(inputs).toContain("packages/tfjs-training/src/backend/use-backend.ts");
  expect(inputs.filter((input) => input.startsWith("src/node/"))).toEqual([]);
  expect(code).not.toMatch(/from\s*"node:/);
});

it.each(["node:fs", "fs", "node:fs/promises", "worker_threads"])(
  "notices an import of %s",
  async (module) => {
    const contents = `import * as builtin from "${module}"; import "./core/errors.js"; console.log(builtin);`;
    const { nodeImports } = await bundle({
      virtual: { contents, resolveDir: src, sourcefile: "virtual.ts" },
    });
    expect(nodeImports.map((found) => found.module)).toEqual([module]);
  },
);

it("notices an import within a file that the entry imports", async () => {
  const contents = `import "./node/checkpoint-files.js";`;
  const { nodeImports } = await bundle({ virtual: { contents, resolveDir: src, sourcefile: "virtual.ts" } });
  expect(nodeImports).not.toEqual([]);
  expect(nodeImports[0].file).toMatch(/^src\/node\//);
});
