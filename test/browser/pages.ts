/** Pages of a small server on this machine, opened in headless Chromium. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { browserPath } from "../../packages/tfjs-training/test/webgpu-support.js";

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

/** What is missing for pages. */
export const missingBrowser = existsSync(browserPath) ? undefined : "there is no Chromium";

/** What the server answers. */
export interface Answer {
  /** Its media type. */
  type: string;
  /** Its body. */
  body: string | Uint8Array;
  /** Further headers. */
  headers?: Record<string, string>;
}

/** A browser, and the server where there is one. */
export interface Pages {
  /** Opens a page; addresses without a host are those of the server. Errors of pages are collected in `errors`. */
  open(address: string): Promise<Page>;
  /** Uncaught errors of all pages. */
  errors: string[];
  /** What was not found. */
  notFound: string[];
  /** Ends browser and server. */
  close(): Promise<void>;
}

/** Starts Chromium and a server that answers what `answer` knows, and 404 otherwise. */
export async function openPages(answer: (path: string) => Answer | undefined): Promise<Pages> {
  const profile = mkdtempSync(join(tmpdir(), "ncps-ts-chromium-"));
  const [errors, notFound]: string[][] = [[], []];
  const server = createServer(({ url = "/" }, response) => {
    const found = answer(url);
    if (found) response.writeHead(200, { "content-type": found.type, ...found.headers }).end(found.body);
    else {
      if (url !== "/favicon.ico") notFound.push(url);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath,
    args: flags,
    timeout: 60_000,
  });
  return {
    errors,
    notFound,
    async open(address) {
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(new URL(address, root).href);
      return page;
    },
    async close() {
      await context.close();
      server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A page with a module. */
export function pageWith(module: string, head = ""): Answer {
  return { type: "text/html", body: `<!doctype html>${head}<script type="module">${module}</script>` };
}
