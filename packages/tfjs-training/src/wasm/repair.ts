/** Replaces kernels of the wasm backend by those of this library. */

import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { refuseCapture } from "./capture.js";
import { freesOnFailure } from "./memory/failed-call.js";
import type { WasmBackend } from "./memory/heap.js";

/** Arguments of a kernel, typed for the wasm backend. */
export interface WasmCall<Inputs, Attributes> {
  /** Input tensors by name. */
  inputs: Inputs;
  /** The backend. */
  backend: WasmBackend;
  /** Attributes by name. */
  attrs: Attributes;
}

/** A kernel of the wasm backend; most have one output. */
export type WasmKernel<Inputs = object, Attributes = object, Output = TensorInfo> = (
  call: WasmCall<Inputs, Attributes>,
) => Output;

/** One replaced kernel. */
export interface WasmRepair {
  /** tfjs's name of the kernel, e.g. `"BatchMatMul"`. */
  readonly kernelName: string;
  /** Creates the new kernel around the stock one; throws when it needs a stock kernel and there is none. */
  create(stock: (name: string) => WasmKernel): WasmKernel;
}

/** Helps TypeScript to type the inputs, attributes and output of a repair. */
export function defineRepair<Inputs, Attributes, Output = TensorInfo>(
  kernelName: string,
  create: (
    stock: <I = Inputs, A = Attributes, O = Output>(name: string) => WasmKernel<I, A, O>,
  ) => WasmKernel<Inputs, Attributes, Output>,
): WasmRepair {
  return { kernelName, create: create as unknown as WasmRepair["create"] };
}

// On the function itself, not in a module variable: two copies of this library share one registry.
const repaired = Symbol.for("ncps-ts.wasm-repair");

/** The stock kernel of tfjs, also if it has already been replaced; `undefined` if there is none. */
function stockKernel(name: string): KernelFunc | undefined {
  const registered = getKernel(name, "wasm")?.kernelFunc as Marked | undefined;
  return registered && repaired in registered ? registered[repaired] : registered;
}

/** Whether the registered kernel of that name is one of ours. */
export function isRepaired(name: string): boolean {
  const registered = getKernel(name, "wasm")?.kernelFunc;
  return registered !== undefined && repaired in registered;
}

/** Registers a repair; returns whether it was not registered yet. */
export function installRepair(repair: WasmRepair): boolean {
  const { kernelName } = repair;
  const registered: KernelConfig | undefined = getKernel(kernelName, "wasm");
  if (registered && repaired in registered.kernelFunc) return false;
  const computed = repair.create((name) => {
    const stock = stockKernel(name);
    if (!stock) throw new Error(`the wasm backend has no kernel ${name}`);
    return ((call: Parameters<WasmKernel>[0]) => {
      refuseCapture(`is left to tfjs's ${name}`);
      return (stock as unknown as WasmKernel)(call);
    }) as WasmKernel;
  });
  const kernel = freesOnFailure(computed) as unknown as Marked;
  kernel[repaired] = registered?.kernelFunc;
  if (registered) unregisterKernel(kernelName, "wasm");
  registerKernel({ ...registered, kernelName, backendName: "wasm", kernelFunc: kernel });
  return true;
}

/** Restores the stock kernel in place of a repair; returns whether a repair was registered. */
export function removeRepair({ kernelName }: WasmRepair): boolean {
  const registered = getKernel(kernelName, "wasm");
  const kernel = registered?.kernelFunc as Marked | undefined;
  if (!registered || !kernel || !(repaired in kernel)) return false;
  unregisterKernel(kernelName, "wasm");
  const stock = kernel[repaired];
  if (stock) registerKernel({ ...registered, kernelFunc: stock });
  return true;
}

interface Marked extends KernelFunc {
  [repaired]?: KernelFunc;
}
