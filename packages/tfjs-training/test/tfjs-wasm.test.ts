import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { BackendError } from "../src/core/errors.js";
import { useBackend } from "../src/index.js";

const fileName = "tfjs-backend-wasm-simd.wasm";
const file = createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${fileName}`);
let server: Server;
let root: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (url === `/wasm/${fileName}` || url === "/hashed.wasm") response.end(readFileSync(file));
    else if (url === "/app.wasm")
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

afterEach(() => {
  vi.restoreAllMocks();
  asked.length = 0;
  if (tf.findBackendFactory("wasm")) tf.removeBackend("wasm");
});

const squares = async () => {
  const [x, y] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 2, 3])];
  return Array.from(await tf.mul(x, y).data());
};

describe("the WebAssembly file of tfjs", () => {
  it("is included in the package: nothing is fetched", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    await useBackend("wasm");
    expect(await squares()).toEqual([1, 4, 9]);
    expect(fetched).not.toHaveBeenCalled();
  });

  it("is fetched from a prefix, and only the used one", async () => {
    await useBackend("wasm", { wasmPaths: `${root}/wasm/` });
    expect(await squares()).toEqual([1, 4, 9]);
    expect(asked).toEqual([`/wasm/${fileName}`]);
  });

  it.each([
    ["an address", () => `${root}/hashed.wasm`],
    ["a path", () => file],
    ["the URL of a file", () => pathToFileURL(file).href],
  ])("is found by %s in a record of one name", async (_, address) => {
    await useBackend("wasm", { wasmPaths: { [fileName]: address() } });
    expect(await squares()).toEqual([1, 4, 9]);
  });

  it("starts again after the backend was removed", async () => {
    for (let i = 0; i < 2; i++) {
      await useBackend("wasm", { wasmPaths: `${dirname(file)}/` });
      expect(await squares()).toEqual([1, 4, 9]);
      tf.removeBackend("wasm");
    }
  });
});

describe("invalid wasmPaths throw a BackendError that says what is wrong", () => {
  it.each<[string, () => string | Record<string, string>, RegExp]>([
    [
      "without the file",
      () => ({ "other.wasm": "/x" }),
      /expected the address of "tfjs-backend-wasm-simd\.wasm"/,
    ],
    ["where nothing is", () => `${root}/nowhere/`, /simd\.wasm cannot be loaded: the server answers 404/],
    ["of a page", () => ({ [fileName]: `${root}/app.wasm` }), /no WebAssembly file but text\/html/],
    ["of no file", () => "/nowhere/", /\/nowhere\/tfjs-backend-wasm-simd\.wasm cannot be loaded: ENOENT/],
  ])("%s", async (_, wasmPaths, message) => {
    const started = useBackend("wasm", { wasmPaths: wasmPaths() });
    await expect(started).rejects.toThrow(BackendError);
    await expect(started).rejects.toThrow(message);
    await useBackend("wasm"); // a second attempt works
    expect(await squares()).toEqual([1, 4, 9]);
  });
});

it("forbidden WebAssembly throws a BackendError with the reason", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {}); // emscripten's
  vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new Error("forbidden here"));
  await expect(useBackend("wasm")).rejects.toThrow(
    /WebAssembly cannot start.*forbidden here.*wasm-unsafe-eval/,
  );
});
