/** Opens WebGPU in Node through Dawn. */

import type { PlatformGpu } from "../backend/platform.js";
import { BackendError } from "../core/errors.js";
import type { Gpu } from "../webgpu/gpu.js";
import { firstLine, type ImportPackage, importPackage, isMissing } from "./import-tensorflow.js";

const install = "npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0";

/** Exports of the package `webgpu`. */
interface Dawn {
  create(options: string[]): Gpu;
  globals: Record<string, unknown>;
}

let opened: PlatformGpu | undefined;

/**
 * Returns WebGPU from the package `webgpu`; opened once, because it lives as long as it is referenced.
 *
 * @throws BackendError when the package is not installed or cannot be loaded
 */
export async function openGpu(load: ImportPackage = importPackage): Promise<PlatformGpu> {
  opened ??= exposable(await importDawn(load));
  return opened;
}

async function importDawn(load: ImportPackage): Promise<Dawn> {
  try {
    return (await load("webgpu")) as Dawn;
  } catch (cause) {
    const why = isMissing(cause, "webgpu") ? "is not installed" : `does not load: ${firstLine(cause)}`;
    throw new BackendError(`the package webgpu ${why}, \`${install}\``, { cause });
  }
}

function exposable({ create, globals }: Dawn): PlatformGpu {
  const gpu = create([]);
  const expose = () => {
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) define(globalThis, name, value);
    }
    if (!globalThis.navigator) define(globalThis, "navigator", {}); // Node 20 has none
    define(globalThis.navigator, "gpu", gpu);
  };
  return { gpu, expose };
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
