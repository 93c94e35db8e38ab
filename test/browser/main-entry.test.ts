import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { runTraining } from "../backends/training-cases.js";
import { describeOptional } from "../optional.js";
import type { PageTraining } from "./page.js";
import { missingBrowser, openPages, type Pages, pageWith } from "./pages.js";

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

describeOptional("the main entry in headless Chromium", missingBrowser, () => {
  let pages: Pages;
  let page: Page;

  beforeAll(async () => {
    const body = await bundlePage();
    pages = await openPages((path) => {
      if (path === "/") return pageWith('import "/page.js"');
      return path === "/page.js" ? { type: "text/javascript", body } : undefined;
    });
    page = await pages.open("/");
    await page.waitForFunction("typeof train === 'function'");
    await useBackend("wasm");
  }, 120_000);

  afterAll(() => pages?.close());

  const train = (backend: string, network: string) =>
    page.evaluate(`train(${JSON.stringify(backend)}, ${JSON.stringify(network)})`) as Promise<PageTraining>;

  it("auto takes wasm, without a file next to the bundle, and trains to the same numbers as in Node", async () => {
    const { name, report, losses } = await train("auto", "convolutions and CfC");
    expect(name).toBe("wasm");
    expect(report).toMatch(/^wasm on WebAssembly with SIMD: [^;]*; not webgpu \(.*software.*\)$/);
    expect(pages.notFound).toEqual([]);
    const expected = await runTraining("convolutions and CfC");
    expect(losses).toHaveLength(expected.length);
    expected.forEach((loss, i) => {
      expect(Math.abs(losses[i] - loss), `update ${i}`).toBeLessThan(1e-5);
    });
  });

  it("webgpu, when asked for, does as well", async () => {
    const { name, device, losses } = await train("webgpu", "MLP");
    expect(name).toBe("webgpu");
    expect(device).toMatch(/swiftshader/i);
    const expected = await runTraining("MLP");
    expect(losses).toHaveLength(expected.length);
    expected.forEach((loss, i) => {
      expect(Math.abs(losses[i] - loss), `update ${i}`).toBeLessThan(1e-4);
    });
    expect(pages.errors).toEqual([]);
  }, 180_000);
});
