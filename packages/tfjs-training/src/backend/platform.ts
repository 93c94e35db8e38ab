/** Platform services used by backends; `ncps-ts/node` registers them, browsers need none. */

import type { Gpu } from "../webgpu/gpu.js";
import type { AcceleratorChoice, AcceleratorOptions } from "./backend-choice.js";

/** Services that a platform provides. */
export interface BackendPlatform {
  /**
   * Imports the package that registers tfjs's backend `"tensorflow"`; returns its name.
   *
   * @throws BackendError saying why each possible package was not used
   */
  importTensorflow(): Promise<string>;
  /** Whether there may be a GPU; checked before the other services, because looking for one prints warnings. */
  hasGpu?(): boolean;
  /**
   * Returns WebGPU on a platform without `navigator.gpu`.
   *
   * @throws BackendError when the package that brings it is not installed or does not load
   */
  openGpu(): Promise<PlatformGpu>;
  /** Installs a native library for the products of the wasm backend, which is active; returns which one and why. */
  installAccelerator?(options: AcceleratorOptions): Promise<AcceleratorChoice>;
}

/** WebGPU of a platform without a browser. */
export interface PlatformGpu {
  /** Equivalent of `navigator.gpu` in browsers. */
  gpu: Gpu;
  /** Makes it and the classes of WebGPU global, where tfjs looks for them. */
  expose(): void;
}

let installed: BackendPlatform | undefined;

/** Registers the platform services for `useBackend`. */
export function installBackendPlatform(platform: BackendPlatform | undefined): void {
  installed = platform;
}

/** The registered services, if there are any. */
export function backendPlatform(): BackendPlatform | undefined {
  return installed;
}
