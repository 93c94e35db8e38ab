/** Runs shaders over whole sequences, each workgroup some of them from the first step to the last. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "tfjs-training/webgpu";
import { flat } from "tfjs-training/webgpu";

/** One run of a shader over flat arrays of floats. */
export interface ScanShader {
  /** Cache key: unique for the code. */
  key: string;
  /** WGSL code with `fn main(index : i32)`. */
  code: string;
  /** Size of the output `result`. */
  size: number;
  /** Number of workgroups. */
  groups: number;
  /** Invocations per workgroup. */
  lanes: number;
  /** Integers in `uniforms`. */
  integers: Record<string, number>;
  /** Value of `uniforms.time`. */
  time: number;
}

/** Runs a shader; `inputs` are keyed by their names in the code. */
export function runScanShader(
  backend: WebGPUBackend,
  shader: ScanShader,
  inputs: Record<string, TensorInfo>,
): TensorInfo {
  const { key, code, size, groups, lanes, integers, time } = shader;
  const names = Object.keys(integers);
  return backend.runWebGPUProgram(
    {
      variableNames: Object.keys(inputs),
      uniforms: `${names.map((name) => `${name} : i32, `).join("")}time : f32, `,
      outputShape: [size],
      workgroupSize: [lanes, 1, 1],
      dispatch: [groups, 1, 1],
      dispatchLayout: { x: [0] },
      shaderKey: key,
      getUserCode: () => code,
    },
    Object.values(inputs).map(flat),
    "float32",
    [
      ...names.map((name) => ({ type: "int32" as const, data: [integers[name]] })),
      { type: "float32", data: [time] },
    ],
  );
}

/** Assigns consecutive regions of one array. */
export class Regions {
  /** Total size assigned. */
  size = 0;

  /** Returns the offset of the next `count` numbers. */
  take(count: number): number {
    const at = this.size;
    this.size += count;
    return at;
  }
}
