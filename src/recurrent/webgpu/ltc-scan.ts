/** The kernels `LTCScan` and `LTCScanGrad` of the webgpu backend: see `src/recurrent/ops/scan-kernels.ts`. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { reshaped, StockKernels } from "tfjs-training/webgpu";
import { sizeOf } from "../../core/state.js";
import { positiveNames } from "../ops/ltc-problem.js";
import { gradientNames, type LTCScanAttributes } from "../ops/scan-kernels.js";
import { ltcBackwardShader } from "./ltc-backward-shader.js";
import { ltcForwardShader } from "./ltc-forward-shader.js";
import { joinedNames, type LTCSynapseLists, synapseLists } from "./ltc-synapses.js";
import { chooseLanes, type LTCModel, type LTCSizes, ltcDeltaLayout, ltcTraceLayout } from "./ltc-task.js";
import { type ScanCall, ScanInputs } from "./scan-inputs.js";
import { runScanShader } from "./scan-shader.js";

/** A call with the model and the synapses derived from it. */
class LTCInputs extends ScanInputs {
  readonly model: LTCModel;
  readonly net: LTCSizes;
  readonly synapses: LTCSynapseLists;
  private readonly positive: boolean;

  constructor(call: ScanCall<LTCScanAttributes>, record: boolean) {
    super(call);
    const { attrs, backend } = call;
    const { units } = this.course;
    this.synapses = synapseLists({ ...attrs, units, inputs: this.features });
    const { inner, sensory } = this.synapses;
    this.positive = attrs.implicitConstraints;
    this.model = {
      ...this.course,
      inputs: this.features,
      record,
      lanes: chooseLanes(units, backend.device),
    };
    this.net = { ...this.sizes, unfolds: attrs.odeUnfolds, inner, sensory };
  }

  /** The lists of the synapses and their parameters, positive where required. */
  wiring(stock: StockKernels, way: "forward" | "backward"): { lists: TensorInfo; weights: TensorInfo } {
    const { lists, indices } = this.synapses[way];
    const raw = stock.join(this.tensors(positiveNames));
    const others = this.tensors(joinedNames.slice(positiveNames.length));
    const joined = stock.join([this.positive ? stock.softplus(raw) : raw, ...others]);
    return { lists: stock.integers(lists), weights: stock.gather(joined, stock.integers(indices)) };
  }

  /** Gradients of the weights from sums in the order of the parameters. */
  weightGradients(stock: StockKernels, sums: TensorInfo): Record<string, () => TensorInfo> {
    const all = stock.gather(sums, stock.integers(this.synapses.inverse));
    const raw = stock.join(this.tensors(positiveNames));
    // The slope of the softplus is the logistic function.
    const positive = stock.part(all, 0, raw.shape);
    const scaled = this.positive ? stock.multiply(positive, stock.sigmoid(raw)) : positive;
    let at = 0;
    return Object.fromEntries(
      joinedNames.map((name) => {
        const { shape } = this.tensor(name);
        const begin = at;
        at += sizeOf(shape);
        return [name, () => stock.part(begin < raw.shape[0] ? scaled : all, begin, shape)];
      }),
    );
  }
}

/** Forward kernel. */
export function ltcScan(call: ScanCall<LTCScanAttributes>): TensorInfo[] {
  const { backend, attrs } = call;
  const named = new LTCInputs(call, attrs.record);
  const { model, net } = named;
  const stock = new StockKernels(backend);
  const { lists, weights } = named.wiring(stock, "forward");
  const shader = ltcForwardShader(model, net, attrs.elapsed, attrs.epsilon);
  const course = named.joinCourse(stock);
  const trace = stock.own(runScanShader(backend, shader, { x: named.tensor("x"), course, lists, weights }));
  const { batch, steps } = net;
  const outputs = stock.keep(stock.part(trace, 0, [batch, steps, model.units]));
  const last = stock.keep(stock.part(trace, ltcTraceLayout(model, net).lastAt, [batch, model.units]));
  if (attrs.record) stock.keep(trace);
  stock.free();
  // A single element: for every output without gradient tfjs creates zeros of its shape.
  return attrs.record ? [outputs, last, reshaped(trace, [1])] : [outputs, last];
}

/** Backward kernel. */
export function ltcScanGrad(call: ScanCall<LTCScanAttributes>): TensorInfo[] {
  const { backend, attrs } = call;
  const named = new LTCInputs(call, true);
  const { model, net, rows, features } = named;
  const { batch, steps } = net;
  const { units, elapsed, resets, mask } = model;
  const [dOutputs, dLast, saved] = named.others;
  const stock = new StockKernels(backend);
  const { lists, weights } = named.wiring(stock, "backward");
  // An input that the code does not read must not be passed.
  const course = (elapsed || resets || mask) && { course: named.joinCourse(stock) };
  const trace = reshaped(saved, [ltcTraceLayout(model, net).size]);
  const inputs = { dOutputs, dLast, x: named.tensor("x"), ...course, trace, lists, weights };
  const shader = ltcBackwardShader(model, net, attrs.elapsed);
  const result = stock.own(runScanShader(backend, shader, inputs));
  const { sums, dStateAt, dXAt, dTimesAt } = ltcDeltaLayout(model, net);
  const summed = stock.sum(stock.part(result, 0, [batch, sums]), 0);
  const gradients: Record<string, () => TensorInfo> = {
    ...named.weightGradients(stock, summed),
    x: () => stock.part(result, dXAt, [batch, steps, features]),
    state: () => stock.part(result, dStateAt, [batch, units]),
    elapsed: () => reshaped(stock.sum(stock.part(result, dTimesAt, [rows, units]), 1), [batch, steps]),
  };
  const made = gradientNames("LTCScan", attrs).map((name) => stock.keep(gradients[name]()));
  stock.free();
  return made;
}
