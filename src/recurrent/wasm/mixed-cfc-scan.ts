/** The kernels `MixedCfCScan` and `MixedCfCScanGrad` of the wasm backend. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import {
  type Arena,
  arenaOf,
  byteAddress,
  defineRepair,
  heapOf,
  NamedInputs,
  savedTensor,
  type WasmBackend,
} from "tfjs-training/wasm";
import { gradientNames, type MixedCfCScanAttributes } from "../ops/scan-kernels.js";
import { backwardPass, forwardPass } from "./cfc-pass.js";
import { blockRows, type CfCTask, traceSize } from "./cfc-plan.js";
import { cfcTaskOf } from "./cfc-scan.js";
import {
  type LstmTask,
  lstmGradients,
  lstmTraceSize,
  planLstmBackward,
  planLstmForward,
} from "./lstm-pass.js";

/** Forward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const mixedCfCScan = defineRepair<TensorInfo[], MixedCfCScanAttributes, TensorInfo[]>(
  "MixedCfCScan",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const task = mixedTask(named, attrs);
      const { batch, steps, units } = task;
      const arena = arenaOf(backend);
      const outputs = backend.makeOutput([batch, steps, units], "float32");
      const last = backend.makeOutput([batch, 2 * units], "float32");
      const saved = attrs.record
        ? [traceSize(task), lstmTraceSize(task)].map((size) => savedTensor(backend, size))
        : [];
      const [trace = 0, lstmTrace = 0] = saved.map((tensor) => byteAddress(backend, tensor));
      const [state, memory] = apart(backend, arena, task, task.state);
      const [lastState, lastMemory] = [arena.floats(batch * units), arena.floats(batch * units)];
      const lstm = planLstmForward(
        backend,
        arena,
        lstmTask(named, attrs, task, { last: lastMemory, trace: lstmTrace }),
        memory,
      );
      const targets = { outputs: byteAddress(backend, outputs), last: lastState, trace, lstm };
      forwardPass(backend, arena, { ...task, state }, targets);
      together(backend, task, [lastState, lastMemory], byteAddress(backend, last));
      return [outputs, last, ...saved];
    },
);

/** Backward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const mixedCfCScanGrad = defineRepair<TensorInfo[], MixedCfCScanAttributes, TensorInfo[]>(
  "MixedCfCScanGrad",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const [dOutputs, dState, trace, lstmTrace] = inputs
        .slice(attrs.inputs.length)
        .map((tensor) => byteAddress(backend, tensor));
      const task = mixedTask(named, attrs);
      const { batch, steps, units } = task;
      const arena = arenaOf(backend);
      const names = gradientNames("MixedCfCScan", attrs);
      const widths: Record<string, number> = { delta: task.layers[0].outputs, lstmDelta: 4 * units };
      const gradients = names.map((name) => {
        const shape = name in widths ? [batch, steps, widths[name]] : named.tensor(name).shape;
        return backend.makeOutput([...shape], "float32");
      });
      const gradient = (name: string) => {
        const at = names.indexOf(name);
        return at < 0 ? 0 : byteAddress(backend, gradients[at]);
      };
      const [dLast, dMemory] = apart(backend, arena, task, dState);
      const [dFirst, dFirstMemory] = [arena.floats(batch * units), arena.floats(batch * units)];
      const lstm = lstmTask(named, attrs, task, { last: dMemory, trace: lstmTrace });
      const { plan, delta } = planLstmBackward(backend, arena, lstm, dFirstMemory, gradient("lstmDelta"));
      backwardPass(backend, arena, task, {
        dOutputs,
        dLast,
        trace,
        delta: gradient("delta"),
        x: 0,
        dState: dFirst,
        layers: task.layers.map((_, i) => ({ kernel: gradient(`kernel${i}`), bias: gradient(`bias${i}`) })),
        wTau: gradient("wTau"),
        a: gradient("a"),
        times: gradient("elapsed"),
        lstm: plan,
      });
      lstmGradients(backend, arena, lstm, delta, {
        kernel: gradient("lstmKernel"),
        recurrent: gradient("lstmRecurrent"),
        bias: gradient("lstmBias"),
        delta: gradient("lstmDelta"),
      });
      together(backend, task, [dFirst, dFirstMemory], gradient("state"));
      return gradients;
    },
);

// The state has two numbers per unit: the cell's and the LSTM's.
function mixedTask(named: NamedInputs, attrs: MixedCfCScanAttributes): CfCTask {
  return { ...cfcTaskOf(named, attrs), units: named.tensor("state").shape[1] / 2 };
}

function lstmTask(
  named: NamedInputs,
  { forgetBias }: MixedCfCScanAttributes,
  task: CfCTask,
  places: Pick<LstmTask, "last" | "trace">,
): LstmTask {
  const { batch, steps, features, units, x } = task;
  return {
    batch,
    steps,
    features,
    units,
    x,
    blockRows: blockRows(task),
    forgetBias,
    kernel: named.address("lstmKernel"),
    recurrent: named.address("lstmRecurrent"),
    bias: named.address("lstmBias"),
    ...places,
  };
}

// The halves of the rows `[batch, 2 * units]` at an address, each `[batch, units]`.
function apart(backend: WasmBackend, arena: Arena, { batch, units }: CfCTask, from: number): number[] {
  const halves = [arena.floats(batch * units), arena.floats(batch * units)];
  const heap = heapOf(backend);
  halves.forEach((to, half) => {
    for (let row = 0; row < batch; row++) {
      const start = from / 4 + (2 * row + half) * units;
      heap.copyWithin(to / 4 + row * units, start, start + units);
    }
  });
  return halves;
}

function together(backend: WasmBackend, { batch, units }: CfCTask, halves: number[], to: number): void {
  const heap = heapOf(backend);
  halves.forEach((from, half) => {
    for (let row = 0; row < batch; row++) {
      const start = from / 4 + row * units;
      heap.copyWithin(to / 4 + (2 * row + half) * units, start, start + units);
    }
  });
}
