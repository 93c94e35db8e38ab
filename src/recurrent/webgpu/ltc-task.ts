/** What an LTC scan on WebGPU is about: sizes, choices, and where things lie in flat arrays. */

import type { GpuDevice } from "tfjs-training/webgpu";
import type { ScanSize } from "../ops/scan-kernels.js";
import type { CourseModel, ScanSizes } from "./course.js";
import { parameterPlaces } from "./ltc-synapses.js";
import { Regions } from "./scan-shader.js";

/** Sizes and choices that the code of a shader depends on. */
export interface LTCModel extends CourseModel {
  inputs: number;
  /** Whether the forward pass saves what the backward pass needs. */
  record: boolean;
  /** Invocations in a workgroup, which computes one sequence. */
  lanes: number;
}

/** Sizes that may change from call to call. */
export interface LTCSizes extends ScanSizes {
  /** Steps of the solver. */
  unfolds: number;
  /** Synapses between neurons. */
  inner: number;
  /** Synapses from inputs. */
  sensory: number;
}

const sharedLanes = 128;

/** Lanes that share the synapses of one of `count` neurons or inputs, so that few neurons keep many lanes busy. */
export function lanesPerOwner(count: number): number {
  let lanes = 1;
  while (lanes < 16 && 2 * lanes * count <= sharedLanes) lanes *= 2;
  return lanes;
}

/** Numbers in a workgroup's memory: potentials, base of both sums, and the lanes' shares of both sums. */
export function forwardMemory(units: number): number {
  return 3 * units + 2 * units * lanesPerOwner(units);
}

/** Likewise: nine numbers for each neuron, and the lanes' shares of one sum. */
export function backwardMemory(units: number, inputs: number): number {
  return 9 * units + Math.max(units * lanesPerOwner(units), inputs * lanesPerOwner(inputs));
}

/** Invocations in a workgroup. */
export function chooseLanes(units: number, { limits }: GpuDevice): number {
  const most = Math.min(256, limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  return Math.min(most, Math.ceil((units * lanesPerOwner(units)) / 32) * 32);
}

/**
 * Whether a device holds a scan: its memory in that of a workgroup, and what is saved and what is summed up, with all
 * synapses that there could be, in a buffer each. `widths` are the inputs, and the potentials of all solver steps.
 */
export function holdsLTCScan({ limits }: GpuDevice, { batch, steps, units, widths }: ScanSize): boolean {
  const [inputs, potentials] = widths;
  const memory = Math.max(forwardMemory(units), backwardMemory(units, inputs));
  const rows = batch * steps;
  const saved = rows * (units + 3 * potentials) + batch * units;
  const sums = parameterPlaces(units, units * units, inputs * units).size + 1;
  const gradients = batch * (sums + units) + rows * (inputs + units);
  return (
    memory * 4 <= limits.maxComputeWorkgroupStorageSize &&
    Math.max(saved, gradients) * 4 <= Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize)
  );
}

/**
 * Places of what the forward pass gives out: `outputs | last | solver [rows, unfolds, 3, units]`, the last being the
 * potential before each solver step, its rate of change, and the denominator.
 */
export function ltcTraceLayout(
  { units, record }: LTCModel,
  { batch, steps, unfolds }: LTCSizes,
): { size: number; lastAt: number; solverAt: number } {
  const regions = new Regions();
  regions.take(batch * steps * units);
  const lastAt = regions.take(batch * units);
  const solverAt = record ? regions.take(batch * steps * unfolds * 3 * units) : 0;
  return { size: regions.size, lastAt, solverAt };
}

/** Places of what the backward pass gives out. */
export interface LTCDeltaLayout {
  size: number;
  /** Sums for each sequence, in the order of `parameterPlaces` and with a zero behind them, from 0 on. */
  sums: number;
  /** `[batch, units]`. */
  dStateAt: number;
  /** `[rows, inputs]`. */
  dXAt: number;
  /** `[rows, units]`, to be summed up over the units; with times only. */
  dTimesAt: number;
}

/** Lays out the backward pass's output. */
export function ltcDeltaLayout({ units, inputs, elapsed }: LTCModel, sizes: LTCSizes): LTCDeltaLayout {
  const { batch, steps, inner, sensory } = sizes;
  const regions = new Regions();
  const sums = parameterPlaces(units, inner, sensory).size + 1;
  regions.take(batch * sums);
  const dStateAt = regions.take(batch * units);
  const dXAt = regions.take(batch * steps * inputs);
  const dTimesAt = elapsed ? regions.take(batch * steps * units) : 0;
  return { size: regions.size, sums, dStateAt, dXAt, dTimesAt };
}
