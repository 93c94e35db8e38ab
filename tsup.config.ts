import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { ownModules, sharedChunks } from "./scripts/tsup-plugins.js";

// Not part of the package's modules: the file for pages and the dashboard's page are bundles of their own.
const apart =
  /^(browser-bundle\.ts|node\/dashboard\/page\/.*|.*\/assembly\/.*|.*\.d\.ts|.*\/from-sources\..*)$/;
const modules = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !apart.test(path));
const stems = modules.map((path) => path.slice(0, -".ts".length));

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: Record<string, { import?: { types: string } }>;
};
const entries = Object.values(exports).flatMap((conditions) =>
  conditions.import ? [conditions.import.types.slice("./dist/".length, -".d.ts".length)] : [],
);

const sources = (names: string[]) => Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));

export default defineConfig({
  entry: sources(stems),
  format: ["esm", "cjs"],
  plugins: [sharedChunks],
  esbuildPlugins: [ownModules],
  dts: { entry: sources(entries) },
  sourcemap: true,
  clean: true,
  target: "es2022",
  platform: "neutral", // all but ncps-ts/node runs in browsers too
  removeNodeProtocol: false,
  external: [/^(ale-bindings|tfjs-training)(\/|$)/, /^node:/],
});
