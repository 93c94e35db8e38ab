/** What backends want of the platform; `ncps-ts/node` installs it, browsers need none. */

import type { Gpu } from "../webgpu/gpu.js";
import type { AcceleratorChoice, AcceleratorOptions } from "./backend-choice.js";

/** Services of a platform. */
export interface BackendPlatform {
  /**
   * Imports the package that registers tfjs's backend `"tensorflow"`; returns its name.
   *
   * @throws BackendError saying why each possible package was not taken
   */
  importTensorflow(): Promise<string>;
  /** Whether there may be a GPU; asked before the others, because looking for one prints warnings. */
  hasGpu?(): boolean;
  /**
   * WebGPU where there is no `navigator.gpu`.
   *
   * @throws BackendError when the package that brings it is not installed or does not load
   */
  openGpu(): Promise<PlatformGpu>;
  /** Puts a native library under the products of the wasm backend, which is active; says which and why. */
  installAccelerator?(options: AcceleratorOptions): Promise<AcceleratorChoice>;
}

/** WebGPU of a platform without a browser. */
export interface PlatformGpu {
  /** What browsers have as `navigator.gpu`. */
  gpu: Gpu;
  /** Makes it and the classes of WebGPU global, where tfjs looks for them. */
  expose(): void;
}

let installed: BackendPlatform | undefined;

/** Makes the services of a platform available to `useBackend`. */
export function installBackendPlatform(platform: BackendPlatform | undefined): void {
  installed = platform;
}

/** The installed services, if there are any. */
export function backendPlatform(): BackendPlatform | undefined {
  return installed;
}
