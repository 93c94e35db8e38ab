/** A project in a temporary folder that has the packed packages installed, without a network. */

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A package as `npm publish` would send it. */
export interface Packed {
  /** Name of the package. */
  name: string;
  /** The archive. */
  tarball: string;
  /** Bytes of the archive. */
  size: number;
  /** Bytes of all files. */
  unpackedSize: number;
  /** Paths in the package. */
  files: string[];
}

interface NpmPack {
  name: string;
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

interface Manifest {
  dependencies?: Record<string, string>;
}

/** Builds what is missing or older than its sources, and packs all packages into a new folder. */
export function pack(archives: string): Packed[] {
  mkdirSync(archives);
  return [".", "packages/ale-bindings", "packages/tfjs-training"].map((path) => {
    const folder = join(root, path);
    buildIfStale(folder);
    const args = ["pack", "--json", "--ignore-scripts", "--workspaces=false", "--pack-destination", archives];
    const output = JSON.parse(run("npm", args, folder)) as NpmPack[];
    const { name, filename, size, unpackedSize, files } = output[0];
    const paths = files.map((file) => file.path);
    return { name, tarball: join(archives, filename), size, unpackedSize, files: paths };
  });
}

/** Creates a project with these packages and only the dependencies that they declare. */
export function install(packages: Packed[], project: string): void {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
  for (const { name, tarball } of packages) {
    const home = join(project, "node_modules", name);
    mkdirSync(home, { recursive: true });
    run("tar", ["-xzf", tarball, "--strip-components=1", "-C", home], project);
  }
  for (const { name } of packages) {
    const manifest = readFileSync(join(project, "node_modules", name, "package.json"), "utf8");
    for (const dependency of Object.keys((JSON.parse(manifest) as Manifest).dependencies ?? {})) {
      const link = join(project, "node_modules", dependency);
      if (existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", dependency), link, "junction");
    }
  }
  cpSync(fileURLToPath(new URL("consumer", import.meta.url)), project, { recursive: true });
}

/** Runs a program and returns what it prints; throws with its whole output when it fails. */
export function run(
  command: string,
  args: string[],
  cwd: string,
  returned: "stdout" | "stderr" = "stdout",
): string {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (result.status === 0) return result[returned];
  const reason = result.error ?? `${result.stdout}${result.stderr}`;
  throw new Error(`${command} ${args.join(" ")} failed:\n${reason}`);
}

function buildIfStale(folder: string): void {
  const outputs = ["index.js", "index.cjs", "index.d.ts", "index.d.cts"].map((file) =>
    join(folder, "dist", file),
  );
  const built = Math.min(...outputs.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)));
  const sources = ["src", "lib"].flatMap((name) => filesUnder(join(folder, name)));
  sources.push(join(folder, "tsup.config.ts"), join(folder, "package.json"));
  if (sources.some((file) => statSync(file).mtimeMs > built)) {
    run(process.execPath, [join(root, "node_modules/tsup/dist/cli-default.js")], folder);
    const browserBundle = join(folder, "scripts/build-browser-bundle.js");
    if (existsSync(browserBundle)) run(process.execPath, [browserBundle], folder);
  }
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
