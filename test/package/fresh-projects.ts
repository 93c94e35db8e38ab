/** Projects outside of the repository that install the archives from a registry's packages, as a user's would. */

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { missingBrowser, openPages, type Pages } from "../browser/pages.js";
import { skip } from "../optional.js";
import { type Packed, run } from "./scratch-project.js";

const files = fileURLToPath(new URL("fresh", import.meta.url));
const tfjs = { "@tensorflow/tfjs-core": "4.22.0", "@tensorflow/tfjs-layers": "4.22.0" };
const tools = { vite: "^8.0.0", deno: "^2.0.0", bun: "^1.0.0" };
const mediaTypes: Record<string, string> = { html: "text/html", js: "text/javascript" };

/** Declares the tests of fresh projects in a folder that is there when they run. */
export function describeFreshProjects(folder: string, packed: () => Packed[]): void {
  const npm = join(folder, "npm");
  const bin = (name: string) => join(npm, "node_modules/.bin", name);
  let failure: string | undefined;

  /** Writes a project that depends on the archive; returns its folder. */
  function make(project: string, dependencies: Record<string, string>): string {
    mkdirSync(project, { recursive: true });
    cpSync(files, project, { recursive: true });
    const archives = Object.fromEntries(packed().map(({ name, tarball }) => [name, `file:${tarball}`]));
    const manifest = {
      ...{ name: "fresh", private: true, type: "module" },
      dependencies: { ...archives, ...tfjs, ...dependencies },
      pnpm: { overrides: archives },
      allowScripts: { bun: true, deno: true },
    };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    return project;
  }

  /** Skips the test where packages cannot be installed here. */
  function needInstalled(context: TestContext): void {
    if (failure !== undefined) skip(context, failure);
  }

  describe("in a fresh project", () => {
    beforeAll(() => {
      make(npm, tools);
      try {
        const warnings = run("npm", ["install", "--no-audit", "--no-fund"], npm, "stderr");
        expect(warnings, "npm has nothing to say of the package").not.toContain("ncps-ts");
      } catch (error) {
        if (!/E(NOTFOUND|AI_AGAIN|CONN\w+|404|TIMEDOUT)\b|network/.test(String(error))) throw error;
        failure = "npm cannot install packages here";
      }
    }, 300_000);

    for (const [name, command, args] of [
      ["Node", process.execPath, []],
      ["Deno", bin("deno"), ["run", "--allow-all"]],
      ["Bun", bin("bun"), ["run"]],
    ] as const) {
      it(`${name} trains, saves and resumes to the same weights`, { timeout: 120_000 }, (context) => {
        needInstalled(context);
        if (!existsSync(command)) skip(context, `${name} is not there`);
        const output = run(command, [...args, "resume.mjs", `checkpoint-${name}`], npm);
        expect(output).toContain("wasm: resumed at 64, equal at 128");
      });
    }

    it("pnpm, which hoists nothing, installs what the program imports", { timeout: 300_000 }, (context) => {
      needInstalled(context);
      const pnpm = ["--yes", "pnpm@9"];
      try {
        run("npx", [...pnpm, "--version"], folder);
      } catch {
        skip(context, "pnpm cannot be installed here");
      }
      const project = make(join(folder, "pnpm"), {});
      run("npx", [...pnpm, "install", "--ignore-workspace"], project);
      expect(run(process.execPath, ["resume.mjs", "checkpoint"], project)).toContain("equal at 128");
      expect(run(process.execPath, ["model.mjs"], project)).toContain("outputs [2,5,1]");
    });

    describe("a page made by Vite without any configuration trains on wasm", () => {
      let pages: Pages;

      beforeAll(async () => {
        if (missingBrowser || failure) return;
        run(process.execPath, [join(npm, "node_modules/vite/bin/vite.js"), "build"], npm);
        pages = await openPages((path) => {
          const file = join(npm, "dist", normalize(path === "/" ? "index.html" : path));
          if (!existsSync(file)) return undefined;
          return { type: mediaTypes[file.split(".").at(-1) ?? ""], body: readFileSync(file) };
        });
      }, 180_000);

      afterAll(() => pages?.close());

      const train = async (page: Page) => {
        await page.waitForFunction("typeof train === 'function'", undefined, { timeout: 100_000 });
        expect(await page.evaluate("train()")).toEqual({ name: "wasm", steps: 256, rejected: ["webgpu"] });
        expect(pages.errors).toEqual([]);
      };

      it("built", { timeout: 120_000 }, async (context) => {
        needInstalled(context);
        if (missingBrowser) skip(context, missingBrowser);
        await train(await pages.open("/"));
        expect(pages.notFound).toEqual([]);
      });

      it("by its development server", { timeout: 180_000 }, async (context) => {
        needInstalled(context);
        if (missingBrowser) skip(context, missingBrowser);
        const server = spawn(process.execPath, ["node_modules/vite/bin/vite.js", "--host", "127.0.0.1"], {
          cwd: npm,
          env: { ...process.env, NO_COLOR: "1" },
        });
        try {
          const address = await new Promise<string>((resolve, reject) => {
            let output = "";
            server.stdout.on("data", (text) => {
              output += text;
              const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(output);
              if (found) resolve(found[0]);
            });
            server.once("exit", () => reject(new Error(`Vite ended: ${output}`)));
          });
          await train(await pages.open(address));
        } finally {
          server.kill();
        }
      });
    });
  });
}
