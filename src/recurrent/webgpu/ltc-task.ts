/** Sizes and settings of an LTC scan on WebGPU, and its layout in flat arrays. */

import type { GpuDevice } from "tfjs-training/webgpu";
import type { ScanSize } from "../ops/scan-kernels.js";
import type { CourseModel, ScanSizes } from "./course.js";
import { parameterPlaces } from "./ltc-synapses.js";
import { Regions } from "./scan-shader.js";

/** Sizes and settings that the code of a shader depends on. */
export interface LTCModel extends CourseModel {
  inputs: number;
  /** Whether the forward pass saves what the backward pass needs. */
  record: boolean;
  /** Invocations per workgroup, which computes one sequence. */
  lanes: number;
}

/** Sizes that may change from call to call. */
export interface LTCSizes extends ScanSizes {
  /** Number of solver steps. */
  unfolds: number;
  /** Number of synapses between neurons. */
  inner: number;
  /** Number of synapses from inputs. */
  sensory: number;
}

const sharedLanes = 128;

/**
 * Number of lanes that share the synapses of one of `count` neurons or inputs, so that few neurons keep many lanes
 * busy.
 */
export function lanesPerOwner(count: number): number {
  let lanes = 1;
  while (lanes < 16 && 2 * lanes * count <= sharedLanes) lanes *= 2;
  return lanes;
}

/**
 * Size of a workgroup's memory in the forward pass: potentials, base of both sums, and the lanes' shares of both
 * sums.
 */
export function forwardMemory(units: number): number {
  return 3 * units + 2 * units * lanesPerOwner(units);
}

/**
 * Size of a workgroup's memory in the backward pass: nine numbers for each neuron, and the lanes' shares of one sum.
 */
export function backwardMemory(units: number, inputs: number): number {
  return 9 * units + Math.max(units * lanesPerOwner(units), inputs * lanesPerOwner(inputs));
}

/** Invocations per workgroup. */
export function chooseLanes(units: number, { limits }: GpuDevice): number {
  const most = Math.min(256, limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  return Math.min(most, Math.ceil((units * lanesPerOwner(units)) / 32) * 32);
}

/**
 * Whether a device can run a scan: its memory must fit in that of a workgroup, and the saved values and the sums,
 * with all possible synapses, in one buffer each. `widths` are the inputs, and the potentials of all solver steps.
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
 * Offsets of the forward pass's outputs: `outputs | last | solver [rows, unfolds, 3, units]`, the last being the
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

/** Offsets of the backward pass's outputs. */
export interface LTCDeltaLayout {
  size: number;
  /** Sums for each sequence, in the order of `parameterPlaces` and followed by a zero, starting at 0. */
  sums: number;
  /** Gradient of the initial state `[batch, units]`. */
  dStateAt: number;
  /** Gradient of the inputs `[rows, inputs]`. */
  dXAt: number;
  /** Gradient of the times `[rows, units]`, to be summed over the units; with times only. */
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
