import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleForBrowsers } from "../../scripts/build-browser-bundle.js";
import { describeOptional } from "../optional.js";
import { missingBrowser, openPages, type Pages, pageWith } from "./pages.js";

const importMap = '<script type="importmap">{ "imports": { "ncps-ts": "/ncps-ts.browser.js" } }</script>';
const module = 'import * as ncps from "ncps-ts"; globalThis.ncps = ncps;';

/** Source of what the page does, given the library. */
const inPage = <Result>(page: Page, body: string) =>
  page.evaluate(`(async () => { ${body} })()`) as Promise<Result>;

const failure = (call: string) =>
  `try { await ${call}; return "no error"; } catch (error) { return { name: error.name, text: String(error), code: error.code }; }`;

describeOptional("the file for pages without a bundler", missingBrowser, () => {
  let pages: Pages;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await bundleForBrowsers();
    pages = await openPages((path) => {
      if (path === "/ncps-ts.browser.js") return { type: "text/javascript", body: outputFiles[0].contents };
      if (path === "/") return pageWith(module, importMap);
      if (path === "/page.wasm") return { type: "text/html", body: "<!doctype html>not found, says an app" };
      if (path !== "/strict") return undefined;
      const policy = "script-src 'self' 'unsafe-inline'"; // without 'wasm-unsafe-eval'
      return { ...pageWith(module, importMap), headers: { "content-security-policy": policy } };
    });
    page = await pages.open("/");
    await page.waitForFunction("typeof ncps === 'object'");
  }, 120_000);

  afterAll(() => pages?.close());

  it("names the addresses that were wrong, and starts all the same afterwards", async () => {
    const record = { "tfjs-backend-wasm.wasm": "/other.wasm" };
    expect(
      await inPage(page, failure(`ncps.useBackend("wasm", { wasmPaths: ${JSON.stringify(record)} })`)),
    ).toMatchObject({ code: "BACKEND", text: expect.stringContaining("tfjs-backend-wasm-simd.wasm") });
    const wrong = (address: string) =>
      `ncps.useBackend("wasm", { wasmPaths: { "tfjs-backend-wasm-simd.wasm": "${address}" } })`;
    expect(await inPage(page, failure(wrong("/nowhere.wasm")))).toMatchObject({
      name: "BackendError",
      text: expect.stringMatching(/\/nowhere\.wasm cannot be loaded: the server answers 404/),
    });
    expect(await inPage(page, failure(wrong("/page.wasm")))).toMatchObject({
      text: expect.stringMatching(/is no WebAssembly file but text\/html/),
    });
    expect(pages.notFound).toEqual(["/nowhere.wasm"]);
  });

  it("trains CartPole with PPO on wasm, and brings the tfjs that it uses", async () => {
    const { name, steps, own } = await inPage<{ name: string; steps: number; own: number }>(
      page,
      `const { name } = await ncps.useBackend();
       const trainer = new ncps.PPOTrainer({ ...ncps.cartPolePPO, env: "CartPole-v1", seed: 0, numEnvs: 4, numSteps: 32, batchSize: 64, nEpochs: 2 });
       await trainer.learn({ totalTimesteps: 256 });
       const steps = trainer.numTimesteps;
       await trainer.close();
       const layer = new ncps.CfC({ units: 3 });
       const own = layer.apply(ncps.tf.ones([1, 2, 4])).shape[1];
       return { name, steps, own };`,
    );
    expect({ name, steps, own }).toEqual({ name: "wasm", steps: 256, own: 3 });
    expect(pages.notFound).toEqual(["/nowhere.wasm"]);
  });

  it("errors keep their names in the minified file, and speak of pages", async () => {
    const trainer = `new ncps.PPOTrainer({ ...ncps.cartPolePPO, env: "CartPole-v1", numEnvs: 1 })`;
    expect(await inPage(page, failure(`${trainer}.save("runs/x")`))).toEqual({
      name: "InvalidStateError",
      code: "INVALID_STATE",
      text: expect.stringMatching(
        /^InvalidStateError: the path "runs\/x" needs the files of Node\. In a page, pass a store/,
      ),
    });
    const others: [string, string, RegExp][] = [
      [`${trainer}.learn({ totalTimesteps: 1, progressBar: true })`, "InvalidStateError", /In a page, use a/],
      ['ncps.make("ALE/Pong-v5")', "NotRegisteredError", /in a web page use the arcade games/],
      [
        'ncps.makeVecEnv("CartPole-v1", { numEnvs: 1, kind: "worker" })',
        "InvalidStateError",
        /In a page, use/,
      ],
      ['ncps.useBackend("tensorflow")', "BackendError", /pages cannot run TensorFlow/],
    ];
    for (const [call, name, text] of others) {
      expect(await inPage(page, failure(call))).toMatchObject({ name, text: expect.stringMatching(text) });
    }
  });

  it("auto throws where WebAssembly is not allowed, and cpu runs there when asked for", async () => {
    const strict = await pages.open("/strict");
    await strict.waitForFunction("typeof ncps === 'object'");
    expect(await inPage(strict, failure("ncps.useBackend()"))).toMatchObject({
      name: "BackendError",
      text: expect.stringMatching(/no fast backend can start here\. webgpu: .*wasm: .*wasm-unsafe-eval/),
    });
    expect(await inPage(strict, 'return (await ncps.useBackend("cpu")).name')).toBe("cpu");
  });
});
