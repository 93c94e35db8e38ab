/** The kernels `CfCScan` and `CfCScanGrad` of the webgpu backend: see `src/recurrent/ops/scan-kernels.ts`. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GpuDevice } from "tfjs-training/webgpu";
import { reshaped, StockKernels } from "tfjs-training/webgpu";
import { type CfCScanAttributes, gradientNames, type ScanSize } from "../ops/scan-kernels.js";
import { cfcBackwardShader, deltaLayout } from "./cfc-backward-shader.js";
import { cfcForwardShader } from "./cfc-forward-shader.js";
import { type CfCModel, chooseGroups, memoryOf, traceLayout } from "./cfc-task.js";
import { type ScanCall, ScanInputs } from "./scan-inputs.js";
import { runScanShader } from "./scan-shader.js";

/**
 * Whether a device can run a scan: a state and two layers must fit in the memory of a workgroup, and everything that is
 * saved in one buffer.
 */
export function holdsCfCScan({ limits }: GpuDevice, { batch, steps, units, widths }: ScanSize): boolean {
  const inner = widths.reduce((sum, width) => sum + width, 0);
  const saved = batch * steps * (6 * units + 2 * inner) + batch * units;
  return (
    memoryOf({ units, widths: [...widths] }) * 4 <= limits.maxComputeWorkgroupStorageSize &&
    saved * 4 <= Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize)
  );
}

/** A call with the model derived from it. */
class CfCInputs extends ScanInputs {
  readonly model: CfCModel;

  constructor(call: ScanCall<CfCScanAttributes>, record: boolean) {
    super(call);
    const { attrs, backend } = call;
    const { units } = this.course;
    const widths = Array.from({ length: attrs.layers }, (_, i) => this.tensor(`kernel${i}`).shape[1]);
    const { mode, flavour, activation } = attrs;
    this.model = {
      ...this.course,
      widths,
      mode,
      flavour,
      activation,
      dropout: widths.slice(0, -1).map((_, i) => this.has(`dropout${i}`)),
      record,
      ...chooseGroups({ units, widths }, this.sizes.batch, backend.device),
    };
  }

  /** Concatenates `state | elapsed | resets | mask | dropout...`. */
  joinAll(stock: StockKernels): TensorInfo {
    return this.joinCourse(
      stock,
      this.model.dropout.map((_, i) => `dropout${i}`),
    );
  }

  /** The rows of the first kernel for the state. */
  stateKernel(stock: StockKernels): TensorInfo {
    const { units, widths } = this.model;
    return stock.part(this.tensor("kernel0"), this.features * widths[0], [units, widths[0]]);
  }
}

/** Forward kernel. */
export function cfcScan(call: ScanCall<CfCScanAttributes>): TensorInfo[] {
  const { backend, attrs } = call;
  const named = new CfCInputs(call, attrs.record);
  const { model, sizes, features, rows } = named;
  const { units, widths } = model;
  const stock = new StockKernels(backend);
  const x = reshaped(named.tensor("x"), [rows, features]);
  const drives = stock.matMul(x, stock.part(named.tensor("kernel0"), 0, [features, widths[0]]));
  const weights = stock.join([
    named.stateKernel(stock),
    named.tensor("bias0"),
    ...widths.slice(1).flatMap((_, i) => named.tensors([`kernel${i + 1}`, `bias${i + 1}`])),
    ...named.tensors(["wTau", "a"]),
  ]);
  const course = named.joinAll(stock);
  const shader = cfcForwardShader(model, sizes, attrs.elapsed);
  const trace = stock.own(runScanShader(backend, shader, { drives, course, weights }));
  const { lastAt } = traceLayout(model, sizes);
  const outputs = stock.keep(stock.part(trace, 0, [sizes.batch, sizes.steps, units]));
  const last = stock.keep(stock.part(trace, lastAt, [sizes.batch, units]));
  if (attrs.record) stock.keep(trace);
  stock.free();
  // A single element: for every output without gradient tfjs creates zeros of its shape.
  return attrs.record ? [outputs, last, reshaped(trace, [1])] : [outputs, last];
}

function readsCourse({ elapsed, resets, mask, dropout }: CfCModel): boolean {
  return elapsed || resets || mask || dropout.includes(true);
}

/** Backward kernel. */
export function cfcScanGrad(call: ScanCall<CfCScanAttributes>): TensorInfo[] {
  const { backend, attrs } = call;
  const named = new CfCInputs(call, true);
  const { model, sizes, features, rows } = named;
  const { units, widths } = model;
  const [dOutputs, dLast, saved] = named.others;
  const { size, consumedAt, zAt } = traceLayout(model, sizes);
  const trace = reshaped(saved, [size]);
  const stock = new StockKernels(backend);
  const weights = stock.join([
    stock.transpose(named.stateKernel(stock)),
    ...widths.slice(1).map((_, i) => stock.transpose(named.tensor(`kernel${i + 1}`))),
    ...named.tensors(["wTau", "a"]),
  ]);
  // An input that the code does not read must not be passed.
  const course = readsCourse(model) && { course: named.joinAll(stock) };
  const shader = cfcBackwardShader(model, sizes, attrs.elapsed);
  const result = stock.own(runScanShader(backend, shader, { dOutputs, dLast, ...course, trace, weights }));
  const { deltaAt, dStateAt, dTimesAt, dWTauAt, dAAt } = deltaLayout(model, sizes);
  const deltas = widths.map((width, i) => stock.part(result, deltaAt[i], [rows, width]));
  const perUnit = (at: number, axis: 0 | 1) => stock.sum(stock.part(result, at, [rows, units]), axis);
  const gradients: Record<string, () => TensorInfo> = {
    delta: () => reshaped(deltas[0], [sizes.batch, sizes.steps, widths[0]]),
    state: () => stock.part(result, dStateAt, [sizes.batch, units]),
    kernel0: () => {
      const x = reshaped(named.tensor("x"), [rows, features]);
      const consumed = stock.part(trace, consumedAt, [rows, units]);
      const parts = [x, consumed].map((left) => stock.matMul(left, deltas[0], true));
      return reshaped(stock.join(parts), [features + units, widths[0]]);
    },
    wTau: () => perUnit(dWTauAt, 0),
    a: () => perUnit(dAAt, 0),
    elapsed: () => reshaped(perUnit(dTimesAt, 1), [sizes.batch, sizes.steps]),
  };
  widths.forEach((_, i) => {
    gradients[`bias${i}`] = () => stock.sum(deltas[i], 0);
    if (i === 0) return;
    gradients[`kernel${i}`] = () => {
      const z = stock.part(trace, zAt[i - 1], [rows, widths[i - 1]]);
      return stock.matMul(z, deltas[i], true);
    };
  });
  const made = gradientNames("CfCScan", attrs).map((name) => stock.keep(gradients[name]()));
  stock.free();
  return made;
}
