import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build, transform } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notices, noticesFile } from "../../scripts/build-notices.js";
import { describeFreshProjects } from "./fresh-projects.js";
import { install, type Packed, pack, run } from "./scratch-project.js";
import { snippetsOf } from "./snippets.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "ncps-ts-package-"));
const project = join(scratch, "project");
let main: Packed;
let bindings: Packed;
let training: Packed;

beforeAll(() => {
  [main, bindings, training] = pack(join(scratch, "archives"));
  install([main, bindings, training], project);
  for (const { name, size, unpackedSize, files } of [main, bindings, training]) {
    const [packed, unpacked] = [size, unpackedSize].map((bytes) => `${Math.round(bytes / 1000)} kB`);
    console.info(`${name}: ${packed} packed, ${unpacked} unpacked, ${files.length} files`);
  }
}, 600_000);

afterAll(() => rmSync(scratch, { recursive: true }));

describe("the archives", () => {
  it("ncps-ts holds the build, its description and nothing else", () => {
    const allowed =
      /^(dist\/([\w-]+\/)*[\w-]+\.(c?js(\.map)?|d\.c?ts)|src\/.*\.(ts|js|json|html)|docs\/[\w-]+\.md|docs\/images\/.*|packages\/ale-bindings\/README\.md)$/;
    const others = main.files.filter((path) => !allowed.test(path));
    expect(others.sort()).toEqual([
      ...["CHANGELOG.md", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.md"],
      ...["dist/ncps-ts.browser.d.ts", "dist/ncps-ts.browser.js", "package.json"],
    ]);
    // Two module formats and the file for browsers, each with two builds of the kernels and tfjs's WebAssembly file.
    expect(main.size).toBeLessThan(3_200_000);
  });

  it("links of the README and the guides lead to files that are in the archive", () => {
    const pages = main.files.filter((path) => /^(README|docs\/[\w-]+)\.md$/.test(path));
    const broken = pages.flatMap((page) => {
      const text = readFileSync(join(project, "node_modules/ncps-ts", page), "utf8");
      const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]);
      const local = targets.filter((target) => !/^[a-z]+:/.test(target));
      return local
        .map((target) => posix.normalize(posix.join(posix.dirname(page), target)))
        .filter((target) => !main.files.includes(target))
        .map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });

  it.each([
    ["ncps-ts", () => main],
    ["tfjs-training", () => training],
  ])("source maps of %s lead to sources that are in the archive", (name, packed) => {
    const { files } = packed();
    const maps = files.filter((path) => path.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(10);
    const generated = ["src/backend/tfjs-wasm-binary.ts", "src/wasm/kernel-binaries.ts"];
    generated.push("src/recurrent/wasm/kernel-binaries.ts", "src/node/dashboard/page-html.ts");
    const missing = maps.flatMap((map) => {
      const text = readFileSync(join(project, "node_modules", name, map), "utf8");
      const sources = (JSON.parse(text) as { sources: string[] }).sources;
      return sources
        .map((source) => posix.normalize(posix.join(posix.dirname(map), source)))
        .filter((source) => !files.includes(source) && !generated.includes(source))
        .filter((source) => !source.endsWith("/chunk.js")); // helpers of esbuild
    });
    expect(missing).toEqual([]);
  });

  it.each([
    ["ncps-ts", () => main],
    ["ale-bindings", () => bindings],
    ["tfjs-training", () => training],
  ])("%s runs no script when it is installed", (name) => {
    const manifest = readFileSync(join(project, "node_modules", name, "package.json"), "utf8");
    const scripts = Object.keys((JSON.parse(manifest) as { scripts: object }).scripts);
    const atInstall = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
    expect(scripts.filter((script) => atInstall.includes(script))).toEqual([]);
  });

  it("ncps-ts holds the licences of all that its bundles hold", async () => {
    expect(readFileSync(noticesFile, "utf8")).toBe(await notices());
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
      external: ["@tensorflow/*", "./tfjs-wasm-binary-*"], // the latter is tfjs's own file
    });
    const size = gzipSync(outputFiles[0].contents).length;
    console.info(`ncps-ts: ${Math.round(size / 1000)} kB minified and gzipped, beyond tfjs`);
    expect(size).toBeLessThan(300_000);
  });

  it("tfjs-training holds the build, its sources and nothing else", () => {
    const allowed = /^(dist\/(\w+\/)?[\w-]+\.(c?js(\.map)?|d\.c?ts)|src\/.*\.(ts|js|json))$/;
    const others = training.files.filter((path) => !allowed.test(path));
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    expect(training.size).toBeLessThan(2_000_000);
  });

  it("ale-bindings holds the build, its command, its Python side and nothing else", () => {
    const allowed = /^(dist\/[\w-]+\.(c?js|d\.c?ts)|(bin|lib)\/[\w-]+\.(js|d\.ts)|python\/\w+\.py)$/;
    const others = bindings.files.filter((path) => !allowed.test(path));
    expect(others.sort()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
      "python/requirements.lock",
      "python/requirements.txt",
    ]);
    expect(bindings.files).toEqual(expect.arrayContaining(["bin/ale-bindings.js", "python/server.py"]));
    expect(bindings.size).toBeLessThan(150_000);
  });

  it.each([
    ["ncps-ts", () => main],
    ["ale-bindings", () => bindings],
    ["tfjs-training", () => training],
  ])("publint has nothing to say about %s", async (_, packed) => {
    const { buffer, byteOffset, byteLength } = readFileSync(packed().tarball);
    const tarball = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it.each([
    ["ncps-ts", () => main],
    ["ale-bindings", () => bindings],
    ["tfjs-training", () => training],
  ])("the types of %s are found where its code is found", async (_, packed) => {
    const contents = createPackageFromTarballData(readFileSync(packed().tarball));
    const analysis = await checkPackage(contents);
    if (!analysis.types) throw new Error("no types found");
    // The file for pages is an ES module alone. Of its typesVersions the tool knows nothing but the types.
    const problems = analysis.problems.filter(
      (problem) => !("entrypoint" in problem && problem.entrypoint === "./browser-bundle"),
    );
    expect(problems).toEqual([]);
  });
});

describe("in a project", () => {
  it.each(["esm.mjs", "commonjs.cjs"])("all entries are one library: %s", (file) => {
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
      if (code.includes("console.log")) expect(output).toMatch(/(^|\n)[\d.]+ ± [\d.]+\n$/);
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

  const exact = { exactOptionalPropertyTypes: true };
  it.each<[string, Record<string, unknown>, string[]]>([
    ["node10", { module: "commonjs", moduleResolution: "node10" }, ["types.ts"]],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }, ["types.ts"]],
    ["node16", { module: "node16", moduleResolution: "node16" }, ["types.mts", "types.cts"]],
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }, ["types.mts", "types.cts"]],
    ["bundler, exact", { module: "esnext", moduleResolution: "bundler", ...exact }, ["types.ts"]],
  ])(
    "typed programs compile with %s resolution, and only tfjs needs skipLibCheck",
    (name, options, files) => {
      const folder = join(project, name);
      mkdirSync(folder);
      for (const file of files) cpSync(join(project, "types.ts"), join(folder, file));
      const settings = { target: "es2022", strict: true, noEmit: true, types: ["node"], skipLibCheck: false };
      const typeRoots = [join(root, "node_modules/@types")];
      const compilerOptions = { ...settings, typeRoots, ...options };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      const tsc = fileURLToPath(import.meta.resolve("typescript/lib/tsc.js"));
      const args = [tsc, "--project", folder];
      const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: folder });
      const errors = stdout.split("\n").filter((line) => /error TS/.test(line));
      expect(errors.filter((line) => !line.includes("node_modules/@tensorflow/"))).toEqual([]);
    },
  );
});

describeFreshProjects(join(scratch, "fresh"), () => [main, training]);
