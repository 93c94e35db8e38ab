/** The kernels `LTCScan` and `LTCScanGrad` of the wasm backend. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import {
  type Arena,
  addressOf,
  arenaOf,
  byteAddress,
  defineRepair,
  heapOf,
  NamedInputs,
  savedTensor,
  type WasmBackend,
  zeros,
} from "tfjs-training/wasm";
import { sizeOf } from "../../core/state.js";
import type { SynapseEnds } from "../ops/ltc-arrays.js";
import { dynamicsNames, positiveNames } from "../ops/ltc-problem.js";
import { gradientNames, type LTCScanAttributes } from "../ops/scan-kernels.js";
import { kernelsOf } from "./kernels.js";
import {
  backwardWork,
  forwardWork,
  type LTCEnds,
  type LTCPass,
  type LTCSizes,
  type LTCValues,
  ltcEnds,
  ltcPlanWords,
  placeParameters,
  writeLTCPlan,
  writeParameters,
} from "./ltc-layout.js";

function sizesOf(named: NamedInputs, attrs: LTCScanAttributes): LTCSizes {
  return { ...attrs, inputs: named.tensor("x").shape[2], units: named.tensor("state").shape[1] };
}

// Views of the weights; any allocation invalidates them.
function valuesOf(backend: WasmBackend, named: NamedInputs): LTCValues {
  const heap = heapOf(backend);
  const values = {} as LTCValues;
  for (const name of dynamicsNames) {
    const tensor = named.tensor(name);
    const at = addressOf(backend, tensor);
    values[name] = heap.subarray(at, at + sizeOf(tensor.shape));
  }
  return values;
}

/** Writes parameters and plan; returns the byte address of the plan. */
function prepare(
  backend: WasmBackend,
  arena: Arena,
  sizes: LTCSizes,
  ends: LTCEnds,
  named: NamedInputs,
  pass: LTCPass,
): number {
  const parameters = placeParameters(sizes, ends, (words) => arena.floats(words));
  const plan = arena.floats(ltcPlanWords);
  const { buffer } = heapOf(backend);
  writeParameters(buffer, sizes, ends, valuesOf(backend, named), parameters);
  writeLTCPlan(buffer, plan, sizes, ends, parameters, pass);
  return plan;
}

function passOf(named: NamedInputs, attrs: LTCScanAttributes): LTCPass {
  const [batch, steps] = named.tensor("x").shape;
  return {
    batch,
    steps,
    elapsed: attrs.elapsed,
    x: named.address("x"),
    state: named.address("state"),
    times: named.address("elapsed"),
    resets: named.address("resets"),
    mask: named.address("mask"),
    outputs: 0,
    last: 0,
    consumed: 0,
    work: 0,
    dX: 0,
    dState: 0,
    dTimes: 0,
    dNeurons: 0,
    dInner: 0,
    dSensory: 0,
  };
}

/** Forward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const ltcScan = defineRepair<TensorInfo[], LTCScanAttributes, TensorInfo[]>(
  "LTCScan",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const sizes = sizesOf(named, attrs);
      const { units } = sizes;
      const pass = passOf(named, attrs);
      const { batch, steps } = pass;
      const arena = arenaOf(backend);
      const outputs = backend.makeOutput([batch, steps, units], "float32");
      const last = backend.makeOutput([batch, units], "float32");
      const groups = Math.ceil(batch / 4);
      const consumed = attrs.record ? savedTensor(backend, groups * steps * units * 4) : undefined;
      const plan = prepare(backend, arena, sizes, ltcEnds(sizes), named, {
        ...pass,
        outputs: byteAddress(backend, outputs),
        last: byteAddress(backend, last),
        consumed: consumed ? byteAddress(backend, consumed) : 0,
        work: arena.floats(forwardWork(sizes)),
      });
      kernelsOf(backend).ltcForward(plan);
      return consumed ? [outputs, last, consumed] : [outputs, last];
    },
);

/** Backward kernel; see `src/recurrent/ops/scan-kernels.ts`. */
export const ltcScanGrad = defineRepair<TensorInfo[], LTCScanAttributes, TensorInfo[]>(
  "LTCScanGrad",
  () =>
    ({ inputs, backend, attrs }) => {
      const named = new NamedInputs(backend, attrs.inputs, inputs);
      const [dOutputs, dState, consumed] = inputs.slice(attrs.inputs.length);
      const sizes = sizesOf(named, attrs);
      const ends = ltcEnds(sizes);
      const arena = arenaOf(backend);
      const names = gradientNames("LTCScan", attrs);
      const gradients = names.map((name) => zeros(backend, [...named.tensor(name).shape]));
      const gradient = (name: string) => {
        const at = names.indexOf(name);
        return at < 0 ? 0 : byteAddress(backend, gradients[at]);
      };
      const [inner, sensory] = [ends.inner.place.length, ends.sensory.place.length];
      const sumsSize = 4 * (3 * sizes.units + 4 * inner + 4 * sensory);
      const dNeurons = arena.floats(sumsSize);
      const dInner = dNeurons + 48 * sizes.units;
      const dSensory = dInner + 64 * inner;
      const plan = prepare(backend, arena, sizes, ends, named, {
        ...passOf(named, attrs),
        outputs: byteAddress(backend, dOutputs),
        last: byteAddress(backend, dState),
        consumed: byteAddress(backend, consumed),
        work: arena.floats(backwardWork(sizes, ends)),
        dX: gradient("x"),
        dState: gradient("state"),
        dTimes: gradient("elapsed"),
        dNeurons,
        dInner,
        dSensory,
      });
      const heap = heapOf(backend);
      heap.fill(0, dNeurons / 4, dNeurons / 4 + sumsSize);
      kernelsOf(backend).ltcBackward(plan);
      const neurons = Int32Array.from({ length: sizes.units }, (_, i) => i);
      sumLanes(heap, dNeurons, neurons, ["gleak", "vleak", "cm"].map(gradient));
      sumLanes(heap, dInner, ends.inner.place, ["w", "sigma", "mu", "erev"].map(gradient));
      const names4 = ["sensoryW", "sensorySigma", "sensoryMu", "sensoryErev"];
      sumLanes(heap, dSensory, ends.sensory.place, names4.map(gradient));
      if (sizes.implicitConstraints) slopeOfSoftplus(heap, valuesOf(backend, named), gradient, ends);
      return gradients;
    },
);

// Sums the four lanes of each synapse's parameters and stores them at the synapse's entry in its matrix.
function sumLanes(
  heap: Float32Array,
  from: number,
  place: SynapseEnds["place"],
  targets: readonly number[],
): void {
  let read = from / 4;
  for (const at of place) {
    for (const target of targets) {
      heap[target / 4 + at] = heap[read] + heap[read + 1] + (heap[read + 2] + heap[read + 3]);
      read += 4;
    }
  }
}

// The slope of the softplus is the logistic function.
function slopeOfSoftplus(
  heap: Float32Array,
  values: LTCValues,
  gradient: (name: string) => number,
  { inner, sensory }: LTCEnds,
): void {
  for (const name of positiveNames) {
    const raw = values[name];
    const target = gradient(name) / 4;
    const scale = (at: number) => {
      heap[target + at] /= 1 + Math.exp(-raw[at]);
    };
    if (name === "w") inner.place.forEach(scale);
    else if (name === "sensoryW") sensory.place.forEach(scale);
    else raw.forEach((_, at) => void scale(at));
  }
}
