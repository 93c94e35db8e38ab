/** Runs kernels of tfjs's cpu backend for the wasm backend, on copies of the data. */

import {
  type DataType,
  findBackendFactory,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  type TypedArray,
} from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import { refuseCapture } from "./capture.js";
import type { WasmBackend } from "./memory/heap.js";
import type { WasmCall } from "./repair.js";

// Values of a tensor in its backend's form: complex numbers as pairs, strings as bytes.
type Values = TypedArray | Uint8Array[];

interface CpuBackend extends KernelBackend {
  readSync(dataId: object): Values;
  write(values: Values, shape: number[], dtype: DataType): object;
}

/** The wasm backend's methods for reading and writing values of all types. */
interface ReadingBackend extends WasmBackend {
  readSync(dataId: object): Values;
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number | null, values?: Values): TensorInfo;
  dataIdMap: {
    get(dataId: object): { memoryOffset: number; refCount: number; dtype: DataType; shape: number[] };
  };
}

// Some kernels have lists of tensors among their inputs, or are passed a list.
type Input = TensorInfo | readonly TensorInfo[] | undefined;

/**
 * Computes a kernel with the cpu backend's function of that name. Its inputs are copied there and its outputs back;
 * temporary tensors are freed with the cpu backend, which exists for this one call.
 *
 * @throws BackendError when the cpu backend is not imported
 */
export function runOnCpu(kernelName: string, call: WasmCall<object, object>): TensorInfo | TensorInfo[] {
  refuseCapture("is computed by the cpu backend");
  const backend = call.backend as ReadingBackend;
  const { kernelFunc, cpu } = cpuKernel(kernelName);
  const one = (x: TensorInfo) => toCpu(cpu, backend, x);
  const copied = (x: Input): Input => (Array.isArray(x) ? x.map(one) : x && one(x as TensorInfo));
  const given = call.inputs as Record<string, Input> | TensorInfo[];
  const inputs = Array.isArray(given)
    ? given.map(copied)
    : Object.fromEntries(Object.entries(given).map(([name, x]) => [name, copied(x)]));
  const output = kernelFunc({
    inputs,
    backend: cpu,
    attrs: call.attrs,
  } as unknown as Parameters<KernelFunc>[0]);
  const back = (x: TensorInfo) => toWasm(backend, cpu, x);
  return Array.isArray(output) ? output.map(back) : back(output);
}

function cpuKernel(kernelName: string): { kernelFunc: KernelFunc; cpu: CpuBackend } {
  const kernel = getKernel(kernelName, "cpu");
  const create = findBackendFactory("cpu");
  if (!kernel || !create) {
    throw new BackendError(
      `${kernelName} is computed by tfjs's cpu backend, which is not there: call useBackend("wasm"), or import "@tensorflow/tfjs-backend-cpu"`,
    );
  }
  // Suppresses the advertisement of tfjs-node that the first tensor of every cpu backend prints.
  const cpu = Object.assign(create() as CpuBackend, { firstUse: false });
  return { kernelFunc: kernel.kernelFunc, cpu };
}

function toCpu(cpu: CpuBackend, backend: ReadingBackend, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  if (dtype !== "complex64") return tensorOn(cpu, backend.readSync(dataId), shape, dtype);
  readsPairs(backend);
  const pairs = backend.readSync(dataId) as Float32Array;
  const part = (first: number): TensorInfo => {
    const values = Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + first]);
    return tensorOn(cpu, values, shape, "float32");
  };
  const inputs = { real: part(0), imag: part(1) };
  const { kernelFunc } = getKernel("Complex", "cpu");
  return kernelFunc({ inputs, backend: cpu, attrs: {} }) as TensorInfo;
}

// Some kernels read the rank, which tensors have but their descriptions do not.
function tensorOn(cpu: CpuBackend, values: Values, shape: number[], dtype: DataType): TensorInfo {
  const tensor = { dataId: cpu.write(values, shape, dtype), shape, dtype, rank: shape.length };
  return tensor;
}

function toWasm(backend: ReadingBackend, cpu: CpuBackend, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  if (dtype === "complex64") readsPairs(backend);
  return backend.makeOutput(shape, dtype, undefined, cpu.readSync(dataId));
}

const reads = new WeakSet<WasmBackend>();

/**
 * Lets the backend read complex numbers, which it stores as given: consecutive pairs of
 * floats. The backend itself cannot read them.
 */
function readsPairs(backend: ReadingBackend): void {
  if (reads.has(backend)) return;
  reads.add(backend);
  const { readSync } = backend;
  backend.readSync = (dataId, ...range) => {
    const { dtype, shape, memoryOffset } = backend.dataIdMap.get(dataId);
    if (dtype !== "complex64") return readSync.call(backend, dataId, ...range);
    const { buffer } = backend.wasm.HEAPU8;
    return new Float32Array(buffer, memoryOffset, 2 * sizeOf(shape)).slice();
  };
}
