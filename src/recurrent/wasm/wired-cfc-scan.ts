/** The kernels `WiredCfCScan` and `WiredCfCScanGrad` of the wasm backend: a CfC for each layer of neurons. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import {
  arenaOf,
  byteAddress,
  defineRepair,
  heapOf,
  NamedInputs,
  savedTensor,
  type WasmBackend,
  zeros,
} from "tfjs-training/wasm";
import { type CfCScanAttributes, gradientNames } from "../ops/scan-kernels.js";
import { backwardPass, forwardPass } from "./cfc-pass.js";
import { type CfCTask, modeNumbers, traceSize } from "./cfc-plan.js";

/** A layer of neurons. */
interface WiredLayer {
  task: CfCTask;
  /** Index of its first unit in the state of all layers. */
  offset: number;
  /** Byte address of its outputs `[rows, units]`. */
  outputs: number;
  /** Byte address of the values that its forward pass keeps, or 0. */
  trace: number;
}

// Inputs of the first layer and addresses of states are filled in when the layer runs.
function tasksOf(inputs: NamedInputs, attrs: CfCScanAttributes): CfCTask[] {
  const [batch, steps, inputSize] = inputs.tensor("x").shape;
  let features = inputSize;
  return Array.from({ length: attrs.layers }, (_, i) => {
    const [rows, columns] = inputs.tensor(`kernel${i}`).shape;
    const units = attrs.mode === "pure" ? columns : columns / 4;
    const task: CfCTask = {
      batch,
      steps,
      features,
      units,
      mode: modeNumbers[attrs.mode],
      bounded: attrs.flavour === "torch",
      activation: 0,
      elapsed: attrs.elapsed,
      layers: [
        {
          kernel: inputs.address(`kernel${i}`),
          bias: inputs.address(`bias${i}`),
          factors: inputs.address(`factors${i}`),
          inputs: rows,
          outputs: columns,
        },
      ],
      wTau: inputs.address(`wTau${i}`),
      a: inputs.address(`a${i}`),
      x: 0,
      state: 0,
      times: inputs.address("elapsed"),
      resets: inputs.address("resets"),
      mask: inputs.address("mask"),
      dropout: [],
    };
    features = units;
    return task;
  });
}

/** Number of floats for outputs and traces of all layers; the last one's outputs are stored elsewhere. */
function savedSize(tasks: CfCTask[]): number {
  const rows = tasks[0].batch * tasks[0].steps;
  return tasks.reduce((size, task) => size + rows * task.units + traceSize(task), 0);
}

function layOut(tasks: CfCTask[], x: number, outputs: number, saved: number, records: boolean): WiredLayer[] {
  const rows = tasks[0].batch * tasks[0].steps;
  let offset = 0;
  let source = x;
  let at = saved;
  return tasks.map((task, index) => {
    const own = index === tasks.length - 1 ? outputs : at;
    const trace = records ? at + rows * task.units * 4 : 0;
    const layer = { task: { ...task, x: source }, offset, outputs: own, trace };
    at += (rows * task.units + traceSize(task)) * 4;
    source = own;
    offset += task.units;
    return layer;
  });
}

/** Copies columns of a matrix: `rows` runs of `width` floats, strides in floats, byte addresses. */
function copyRuns(
  backend: WasmBackend,
  [from, fromStride]: [number, number],
  [to, toStride]: [number, number],
  rows: number,
  width: number,
): void {
  const heap = heapOf(backend);
  for (let row = 0; row < rows; row++) {
    const [source, target] = [from / 4 + row * fromStride, to / 4 + row * toStride];
    for (let i = 0; i < width; i++) heap[target + i] = heap[source + i];
  }
}

/** Forward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const wiredCfCScan = defineRepair<TensorInfo[], CfCScanAttributes, TensorInfo[]>(
  "WiredCfCScan",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const tasks = tasksOf(named, attrs);
      const [{ batch, steps }] = tasks;
      const arena = arenaOf(backend);
      const size = savedSize(tasks);
      const stateSize = named.tensor("state").shape[1];
      const outputs = backend.makeOutput([batch, steps, tasks[tasks.length - 1].units], "float32");
      const last = backend.makeOutput([batch, stateSize], "float32");
      const saved = attrs.record ? savedTensor(backend, size) : undefined;
      const memory = saved ? byteAddress(backend, saved) : arena.floats(size);
      const layers = layOut(
        tasks,
        named.address("x"),
        byteAddress(backend, outputs),
        memory,
        saved !== undefined,
      );
      for (const { task, offset, outputs, trace } of layers) {
        const { units } = task;
        const [from, to] = [arena.floats(batch * units), arena.floats(batch * units)];
        copyRuns(backend, [named.address("state") + offset * 4, stateSize], [from, units], batch, units);
        forwardPass(backend, arena, { ...task, state: from }, { outputs, last: to, trace });
        copyRuns(backend, [to, units], [byteAddress(backend, last) + offset * 4, stateSize], batch, units);
      }
      return saved ? [outputs, last, saved] : [outputs, last];
    },
);

/** Backward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const wiredCfCScanGrad = defineRepair<TensorInfo[], CfCScanAttributes, TensorInfo[]>(
  "WiredCfCScanGrad",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const [dOutputs, dState, saved] = inputs.slice(attrs.inputs.length);
      const tasks = tasksOf(named, attrs);
      const [{ batch, steps }] = tasks;
      const arena = arenaOf(backend);
      const names = gradientNames("WiredCfCScan", attrs);
      const gradients = names.map((name) => {
        if (name === "elapsed") return zeros(backend, [batch, steps]);
        const shape =
          name === "delta" ? [batch, steps, tasks[0].layers[0].outputs] : named.tensor(name).shape;
        return backend.makeOutput([...shape], "float32");
      });
      const gradient = (name: string) => {
        const at = names.indexOf(name);
        return at < 0 ? 0 : byteAddress(backend, gradients[at]);
      };
      const stateSize = dState.shape[1];
      const layers = layOut(tasks, named.address("x"), 0, byteAddress(backend, saved), true);
      let above = byteAddress(backend, dOutputs);
      for (let index = layers.length - 1; index >= 0; index--) {
        const { task, offset, trace } = layers[index];
        const { units, features } = task;
        const [dLast, dFirst] = [arena.floats(batch * units), arena.floats(batch * units)];
        const from = byteAddress(backend, dState) + offset * 4;
        copyRuns(backend, [from, stateSize], [dLast, units], batch, units);
        const below = index > 0 ? arena.floats(batch * steps * features) : 0;
        const times = task.times && arena.floats(batch * steps);
        backwardPass(backend, arena, task, {
          dOutputs: above,
          dLast,
          trace,
          delta: index === 0 ? gradient("delta") : 0,
          x: below,
          dState: dFirst,
          layers: [{ kernel: gradient(`kernel${index}`), bias: gradient(`bias${index}`) }],
          wTau: gradient(`wTau${index}`),
          a: gradient(`a${index}`),
          times,
        });
        copyRuns(backend, [dFirst, units], [gradient("state") + offset * 4, stateSize], batch, units);
        if (times) addTo(backend, times, gradient("elapsed"), batch * steps);
        above = below;
      }
      return gradients;
    },
);

function addTo(backend: WasmBackend, from: number, to: number, count: number): void {
  const heap = heapOf(backend);
  for (let i = 0; i < count; i++) heap[to / 4 + i] += heap[from / 4 + i];
}
