/** Sizes and settings of a CfC scan on WebGPU, and its layout in flat arrays. */

import type { GpuDevice } from "tfjs-training/webgpu";
import type { CfCActivation } from "../ops/activations.js";
import type { CfCFlavour, CfCMode } from "../ops/cfc-problem.js";
import { slopeNeedsInput } from "./cfc-wgsl.js";
import { type CourseModel, placeCourse, type ScanSizes } from "./course.js";
import { Regions } from "./scan-shader.js";

/** Sizes and settings that the code of a shader depends on. */
export interface CfCModel extends CourseModel {
  /** Number of outputs of each layer; the last one is the heads. */
  widths: number[];
  mode: CfCMode;
  flavour: CfCFlavour;
  activation: CfCActivation;
  /** For each backbone layer, whether it has dropout factors. */
  dropout: boolean[];
  /** Whether the forward pass saves what the backward pass needs. */
  record: boolean;
  /** Sequences per workgroup. */
  rows: number;
  /** Invocations per workgroup. */
  lanes: number;
}

/** Number of saved parts of each head: `f | g | s`, `a` if times have gradients; `f | decay` in pure mode. */
export function partCount({ mode, elapsed }: CfCModel): number {
  if (mode === "pure") return 2;
  return elapsed ? 4 : 3;
}

/** Size of a workgroup's memory for one sequence: a state, and the layers alternating between two buffers. */
export function memoryOf({ units, widths }: Pick<CfCModel, "units" | "widths">): number {
  return units + 2 * Math.max(...widths);
}

/** Sequences and invocations per workgroup; fewer sequences if there are few, to keep all cores busy. */
export function chooseGroups(
  model: Pick<CfCModel, "units" | "widths">,
  batch: number,
  { limits }: GpuDevice,
): Pick<CfCModel, "rows" | "lanes"> {
  const fitting = Math.floor(limits.maxComputeWorkgroupStorageSize / 4 / memoryOf(model));
  const wanted = batch > 128 ? 4 : batch > 64 ? 2 : 1;
  const widest = Math.max(...model.widths);
  const most = Math.min(256, limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  return { rows: Math.max(1, Math.min(wanted, fitting)), lanes: Math.min(most, Math.ceil(widest / 32) * 32) };
}

/** Offsets of `state | elapsed | resets | mask | dropout...` in one array. */
export function courseLayout(model: CfCModel, sizes: ScanSizes): Record<string, number> {
  const { places, regions } = placeCourse(model, sizes);
  model.dropout.forEach((given, i) => {
    if (given) places[`dropout${i}At`] = regions.take(sizes.batch * sizes.steps * model.widths[i]);
  });
  return places;
}

/** Offsets of the forward pass's outputs: `outputs | last | consumed | parts | z... | u...`. */
export interface TraceLayout {
  size: number;
  lastAt: number;
  consumedAt: number;
  partsAt: number;
  zAt: number[];
  uAt: number[];
}

/** Lays out the forward pass's output. */
export function traceLayout(model: CfCModel, { batch, steps }: ScanSizes): TraceLayout {
  const { units, widths, record, activation } = model;
  const regions = new Regions();
  const rows = batch * steps;
  regions.take(rows * units);
  const lastAt = regions.take(batch * units);
  if (!record) return { size: regions.size, lastAt, consumedAt: 0, partsAt: 0, zAt: [], uAt: [] };
  const backbone = widths.slice(0, -1);
  const consumedAt = regions.take(rows * units);
  const partsAt = regions.take(rows * units * partCount(model));
  const zAt = backbone.map((width) => regions.take(rows * width));
  const uAt = slopeNeedsInput(activation) ? backbone.map((width) => regions.take(rows * width)) : [];
  return { size: regions.size, lastAt, consumedAt, partsAt, zAt, uAt };
}

/** A list of offsets as uniforms. */
export function numbered(name: string, places: readonly number[]): Record<string, number> {
  return Object.fromEntries(places.map((place, i) => [`${name}${i}At`, place]));
}
