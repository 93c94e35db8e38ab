import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build, transform } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, type Packed, pack, run } from "./scratch-project.js";
import { snippetsOf } from "./snippets.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "ncps-ts-package-"));
const project = join(scratch, "project");
let main: Packed;
let bindings: Packed;

beforeAll(() => {
  [main, bindings] = pack(join(scratch, "archives"));
  install([main, bindings], project);
  for (const { name, size, unpackedSize, files } of [main, bindings]) {
    const [packed, unpacked] = [size, unpackedSize].map((bytes) => `${Math.round(bytes / 1000)} kB`);
    console.info(`${name}: ${packed} packed, ${unpacked} unpacked, ${files.length} files`);
  }
}, 180_000);

afterAll(() => rmSync(scratch, { recursive: true }));

describe("the archives", () => {
  it("ncps-ts holds the build, its description and nothing else", () => {
    const others = main.files.filter((path) => !/^dist\/(node\/)?[\w-]+\.(c?js|d\.c?ts)$/.test(path));
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    expect(main.size).toBeLessThan(950_000); // two module formats, two builds of the kernels in each
  });

  it("ncps-ts adds at most 300 kB gzipped to a page", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import * as everything from "ncps-ts"; console.log(everything);`,
        resolveDir: project,
      },
      bundle: true,
      write: false,
      format: "esm",
      minify: true,
      external: ["@tensorflow/*"],
    });
    const size = gzipSync(outputFiles[0].contents).length;
    console.info(`ncps-ts: ${Math.round(size / 1000)} kB minified and gzipped, beyond tfjs`);
    expect(size).toBeLessThan(300_000);
  });

  it("ale-bindings holds the build, its command, its Python side and nothing else", () => {
    const allowed = /^(dist\/[\w-]+\.(c?js|d\.c?ts)|(bin|lib)\/[\w-]+\.(js|d\.ts)|python\/\w+\.py)$/;
    const others = bindings.files.filter((path) => !allowed.test(path));
    expect(others.sort()).toEqual(["LICENSE", "README.md", "package.json", "python/requirements.txt"]);
    expect(bindings.files).toEqual(expect.arrayContaining(["bin/ale-bindings.js", "python/server.py"]));
    expect(bindings.size).toBeLessThan(150_000);
  });

  it.each([
    ["ncps-ts", () => main],
    ["ale-bindings", () => bindings],
  ])("publint has nothing to say about %s", async (_, packed) => {
    const { buffer, byteOffset, byteLength } = readFileSync(packed().tarball);
    const tarball = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it.each([
    ["ncps-ts", () => main],
    ["ale-bindings", () => bindings],
  ])("the types of %s are found where its code is found", async (_, packed) => {
    const contents = createPackageFromTarballData(readFileSync(packed().tarball));
    const analysis = await checkPackage(contents);
    if (!analysis.types) throw new Error("no types found");
    // Before Node 16's resolution there were no subpaths such as ncps-ts/node.
    const problems = analysis.problems.filter(
      (problem) => !("resolutionKind" in problem && problem.resolutionKind === "node10"),
    );
    expect(problems).toEqual([]);
  });
});

describe("in a project", () => {
  it.each(["esm.mjs", "commonjs.cjs"])("both entries are one library: %s", (file) => {
    const folder = join(project, `run-${file}`);
    mkdirSync(folder);
    expect(run(process.execPath, [join(project, file)], folder)).toContain("all checks passed");
  });

  it.each(snippetsOf(join(root, "README.md")).map((snippet) => [snippet.line, snippet.code]))(
    "the program at line %d of the README runs",
    async (line, code) => {
      const shorter = code
        .replace("totalTimesteps: 100_000", "totalTimesteps: 256")
        .replace("numEpisodes: 100", "numEpisodes: 2");
      const program = join(project, `readme-${line}.mjs`);
      writeFileSync(program, (await transform(shorter, { loader: "ts" })).code);
      const output = run(process.execPath, [program], project);
      if (code.includes("console.log")) expect(output).toMatch(/^[\d.]+ ± [\d.]+\n$/);
    },
  );

  it("the main entry bundles for browsers", async () => {
    const contents = `import * as everything from "ncps-ts"; console.log(everything);`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: project },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    expect(outputFiles[0].text).not.toMatch(/from\s*"node:/);
  });

  it("the command ale-bindings runs", () => {
    const command = join(project, "node_modules/ale-bindings/bin/ale-bindings.js");
    expect(run(process.execPath, [command, "list"], project)).toContain("ALE/Breakout-v5\n");
  });

  it.each([
    ["bundler", { module: "esnext", moduleResolution: "bundler" }, ["types.ts"]],
    ["node16", { module: "node16", moduleResolution: "node16" }, ["types.mts", "types.cts"]],
  ])("typed programs compile with %s resolution", (name, options, files) => {
    const folder = join(project, name);
    mkdirSync(folder);
    for (const file of files) cpSync(join(project, "types.ts"), join(folder, file));
    const settings = { target: "es2022", strict: true, noEmit: true, skipLibCheck: true, types: [] };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...settings, ...options }, files }),
    );
    const tsc = fileURLToPath(import.meta.resolve("typescript/lib/tsc.js"));
    expect(run(process.execPath, [tsc, "--project", folder], folder)).toBe("");
  });
});
