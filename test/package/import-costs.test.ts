import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { sideEffects, exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  sideEffects: string[];
  exports: Record<string, { import?: { default: string } }>;
};

const source = (built: string) => built.replace("./dist/", `${root}src/`).replace(/\.js$/, ".ts");
const withEffects = new Set(sideEffects.map(source));

/** The package as a bundler sees it, from the sources: its entries, its list of side effects, other packages apart. */
const asPackage: Plugin = {
  name: "as-package",
  setup(hooks) {
    hooks.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === "resolved") return undefined;
      if (path.startsWith("ncps-ts")) {
        const entry = exports[`.${path.slice("ncps-ts".length)}`].import?.default ?? "";
        return { path: source(entry), sideEffects: withEffects.has(source(entry)) };
      }
      // What `import()` asks for is loaded when it does.
      if (!path.startsWith(".") || kind === "dynamic-import")
        return { path, external: true, sideEffects: false };
      const found = await hooks.resolve(path, { importer, resolveDir, kind, pluginData: "resolved" });
      return { path: found.path, sideEffects: withEffects.has(found.path) };
    });
  },
};

/** Minified bytes of the library's own code that a page loads at once for one name, and the files they come from. */
async function cost(name: string, entry: string): Promise<{ bytes: number; files: string[] }> {
  const { metafile } = await build({
    stdin: { contents: `import { ${name} } from "${entry}"; console.log(${name});`, resolveDir: root },
    ...{ bundle: true, write: false, metafile: true, minify: true, absWorkingDir: root, logLevel: "silent" },
    ...{ format: "esm", platform: "browser", target: "es2022" },
    plugins: [asPackage],
  });
  const [{ bytes, inputs }] = Object.values(metafile.outputs);
  return { bytes, files: Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0) };
}

describe("an import costs a page what it uses", () => {
  // Trainers make any environment by its id: they all come along. Networks of checkpoints are loaded by their name.
  it.each([
    ["GAE", "ncps-ts/losses", 5],
    ["AutoNCP", "ncps-ts/wirings", 15],
    ["CartPoleEnv", "ncps-ts/envs", 15],
    ["wrapDeepmind", "ncps-ts/wrappers", 30],
    ["CfC", "ncps-ts/layers", 80],
    ["PPOTrainer", "ncps-ts/trainers", 200],
    ["DQNTrainer", "ncps-ts/trainers", 200],
    ["CloningTrainer", "ncps-ts/trainers", 60],
  ])("%s, from the root and from %s: at most %d kB", { timeout: 120_000 }, async (name, room, kilobytes) => {
    const fromRoom = await cost(name, room);
    expect(fromRoom.bytes).toBeLessThanOrEqual(kilobytes * 1000);
    expect((await cost(name, "ncps-ts")).files.sort()).toEqual(fromRoom.files.sort());
  });

  it("kernels come with useBackend only", { timeout: 120_000 }, async () => {
    const kernels = /^src\/recurrent\/(wasm|webgpu|accelerator)\//;
    expect((await cost("PPOTrainer", "ncps-ts")).files.filter((file) => kernels.test(file))).toEqual([]);
    expect((await cost("useBackend", "ncps-ts")).files.filter((file) => kernels.test(file))).not.toEqual([]);
  });
});
