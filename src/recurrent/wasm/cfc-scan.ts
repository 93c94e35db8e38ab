/** The kernels `CfCScan` and `CfCScanGrad` of the wasm backend. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { arenaOf, byteAddress, defineRepair, NamedInputs, savedTensor } from "tfjs-training/wasm";
import { type CfCScanAttributes, gradientNames } from "../ops/scan-kernels.js";
import { backwardPass, forwardPass } from "./cfc-pass.js";
import { activationNumbers, type CfCTask, modeNumbers, traceSize } from "./cfc-plan.js";

/** The task of a call. */
export function cfcTaskOf(inputs: NamedInputs, attrs: CfCScanAttributes): CfCTask {
  const [batch, steps, features] = inputs.tensor("x").shape;
  const layers = Array.from({ length: attrs.layers }, (_, i) => {
    const [rows, columns] = inputs.tensor(`kernel${i}`).shape;
    return {
      kernel: inputs.address(`kernel${i}`),
      bias: inputs.address(`bias${i}`),
      factors: 0,
      inputs: rows,
      outputs: columns,
    };
  });
  return {
    batch,
    steps,
    features,
    units: inputs.tensor("state").shape[1],
    mode: modeNumbers[attrs.mode],
    bounded: attrs.flavour === "torch",
    activation: activationNumbers[attrs.activation],
    elapsed: attrs.elapsed,
    layers,
    wTau: inputs.address("wTau"),
    a: inputs.address("a"),
    x: inputs.address("x"),
    state: inputs.address("state"),
    times: inputs.address("elapsed"),
    resets: inputs.address("resets"),
    mask: inputs.address("mask"),
    dropout: layers.slice(0, -1).map((_, i) => inputs.address(`dropout${i}`)),
  };
}

/** Forward; see `src/recurrent/ops/scan-kernels.ts`. */
export const cfcScan = defineRepair<TensorInfo[], CfCScanAttributes, TensorInfo[]>(
  "CfCScan",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const task = cfcTaskOf(named, attrs);
      const arena = arenaOf(backend);
      const outputs = backend.makeOutput([task.batch, task.steps, task.units], "float32");
      const last = backend.makeOutput([task.batch, task.units], "float32");
      const trace = attrs.record ? savedTensor(backend, traceSize(task)) : undefined;
      forwardPass(backend, arena, task, {
        outputs: byteAddress(backend, outputs),
        last: byteAddress(backend, last),
        trace: trace ? byteAddress(backend, trace) : 0,
      });
      return trace ? [outputs, last, trace] : [outputs, last];
    },
);

/** Backward; see `src/recurrent/ops/scan-kernels.ts`. */
export const cfcScanGrad = defineRepair<TensorInfo[], CfCScanAttributes, TensorInfo[]>(
  "CfCScanGrad",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const [dOutputs, dState, trace] = inputs.slice(attrs.inputs.length);
      const task = cfcTaskOf(named, attrs);
      const arena = arenaOf(backend);
      const names = gradientNames("CfCScan", attrs);
      const gradients = names.map((name) => {
        const shape =
          name === "delta" ? [task.batch, task.steps, task.layers[0].outputs] : named.tensor(name).shape;
        return backend.makeOutput([...shape], "float32");
      });
      const gradient = (name: string) => {
        const at = names.indexOf(name);
        return at < 0 ? 0 : byteAddress(backend, gradients[at]);
      };
      backwardPass(backend, arena, task, {
        dOutputs: byteAddress(backend, dOutputs),
        dLast: byteAddress(backend, dState),
        trace: byteAddress(backend, trace),
        delta: gradient("delta"),
        x: 0,
        dState: gradient("state"),
        layers: task.layers.map((_, i) => ({ kernel: gradient(`kernel${i}`), bias: gradient(`bias${i}`) })),
        wTau: gradient("wTau"),
        a: gradient("a"),
        times: gradient("elapsed"),
      });
      return gradients;
    },
);
