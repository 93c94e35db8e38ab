import { describe, expect, it } from "vitest";
import { BackendError } from "../src/core/errors.js";
import { importTensorflow } from "../src/node/import-tensorflow.js";
import { openGpu } from "../src/node/open-gpu.js";
import { restoreRemovedUtil } from "../src/node/removed-util.js";

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from here`), {
    code: "ERR_MODULE_NOT_FOUND",
  });

/** Imports of a project in which only these packages are installed; an error is thrown by the package. */
function installed(packages: Record<string, unknown>) {
  const asked: string[] = [];
  const load = async (name: string) => {
    asked.push(name);
    const found = packages[name] ?? missing(name);
    if (found instanceof Error) throw found;
    return found;
  };
  return { asked, load };
}

const [gpu, cpu] = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

describe("importTensorflow", () => {
  it("prefers the package for GPUs, and then loads no other", async () => {
    const { asked, load } = installed({ [gpu]: {}, [cpu]: {} });
    expect(await importTensorflow(load)).toBe(gpu);
    expect(asked).toEqual([gpu]);
  });

  it("uses the other package if that is missing or cannot be loaded", async () => {
    expect(await importTensorflow(installed({ [cpu]: {} }).load)).toBe(cpu);
    const broken = new Error("libcudart.so.11.0: cannot open shared object file\nand more");
    expect(await importTensorflow(installed({ [gpu]: broken, [cpu]: {} }).load)).toBe(cpu);
  });

  it("says what to install, or why the installed package cannot be loaded", async () => {
    await expect(importTensorflow(installed({}).load)).rejects.toThrow(
      new BackendError("it is not installed, `npm install @tensorflow/tfjs-node@4.22.0`"),
    );
    const noBinary = new Error("The native addon can not be found.\nPlease run npm rebuild");
    await expect(importTensorflow(installed({ [cpu]: noBinary }).load)).rejects.toThrow(
      new BackendError("@tensorflow/tfjs-node does not load: The native addon can not be found."),
    );
  });

  it("does not report a missing dependency of the package as a missing package", async () => {
    await expect(importTensorflow(installed({ [cpu]: missing("node-pre-gyp") }).load)).rejects.toThrow(
      "@tensorflow/tfjs-node does not load: Cannot find package 'node-pre-gyp'",
    );
  });
});

describe("functions that Node 23 removed", () => {
  it("are restored if they are missing", () => {
    const target: Record<string, (value?: unknown) => boolean> = {};
    restoreRemovedUtil(target);
    expect([null, undefined, 0, ""].map((value) => target.isNullOrUndefined(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([[], {}].map((value) => target.isArray(value))).toEqual([true, false]);
    expect(Object.keys(target)).toEqual([]); // not enumerable
  });

  it("are not changed if they exist", () => {
    const isArray = () => true;
    const target = { isArray };
    restoreRemovedUtil(target);
    expect(target.isArray).toBe(isArray);
  });
});

it("openGpu says what to install", async () => {
  await expect(openGpu(installed({}).load)).rejects.toMatchObject({
    code: "BACKEND",
    message: expect.stringContaining("npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0"),
  });
  await expect(openGpu(installed({ webgpu: new Error("wrong ELF class") }).load)).rejects.toThrow(
    "does not load: wrong ELF class",
  );
});
