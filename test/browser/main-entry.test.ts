import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath } from "../../packages/tfjs-training/test/webgpu-support.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { runTraining } from "../backends/training-cases.js";
import type { PageTraining } from "./page.js";

const wasmFolder = join(
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json")),
  "dist",
);

const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

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

describe.skipIf(!existsSync(browserPath))("the main entry in headless Chromium", () => {
  const profile = mkdtempSync(join(tmpdir(), "ncps-ts-chromium-"));
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const script = await bundlePage();
    server = createServer(({ url = "/" }, response) => {
      const answer = (type: string, body: string | Buffer) =>
        response.writeHead(200, { "content-type": type }).end(body);
      if (url === "/") answer("text/html", '<!doctype html><script type="module" src="/page.js"></script>');
      else if (url === "/page.js") answer("text/javascript", script);
      else if (url.startsWith("/wasm/"))
        answer("application/wasm", readFileSync(join(wasmFolder, basename(url))));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: browserPath,
      args: flags,
      timeout: 60_000,
    });
    page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("typeof train === 'function'");
    await useBackend("wasm");
  }, 120_000);

  afterAll(async () => {
    await context?.close();
    server?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  const train = (backend: string, network: string) =>
    page.evaluate(`train(${JSON.stringify(backend)}, ${JSON.stringify(network)})`) as Promise<PageTraining>;

  it("auto takes wasm and trains to the same numbers as in Node", async () => {
    const { name, report, losses } = await train("auto", "convolutions and CfC");
    expect(name).toBe("wasm");
    expect(report).toMatch(
      /^wasm on WebAssembly with SIMD.*not tensorflow \(.*\); not webgpu \(.*software.*\)$/,
    );
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
    expect(errors).toEqual([]);
  }, 180_000);
});
