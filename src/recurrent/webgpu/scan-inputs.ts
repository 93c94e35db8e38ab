/** Accesses the inputs of a scan's kernel by name. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { StockKernels, WebGPUBackend } from "tfjs-training/webgpu";
import type { ScanAttributes } from "../ops/scan-kernels.js";
import { type CourseModel, courseNames, type ScanSizes } from "./course.js";

/** A call of one of the kernels. */
export interface ScanCall<A extends ScanAttributes> {
  inputs: TensorInfo[];
  backend: WebGPUBackend;
  attrs: A;
}

/** The tensors of a call by name, and values derived from their shapes. */
export class ScanInputs {
  readonly sizes: ScanSizes;
  /** Number of inputs. */
  readonly features: number;
  /** Number of steps of all sequences. */
  readonly rows: number;
  readonly course: CourseModel;
  /** Tensors after the named inputs. */
  readonly others: TensorInfo[];
  private readonly names: readonly string[];

  constructor(private readonly call: Pick<ScanCall<ScanAttributes>, "inputs" | "attrs">) {
    this.names = call.attrs.inputs;
    this.others = call.inputs.slice(this.names.length);
    const [batch, steps, features] = this.tensor("x").shape;
    this.sizes = { batch, steps };
    this.features = features;
    this.rows = batch * steps;
    this.course = {
      units: this.tensor("state").shape[1],
      elapsed: this.has("elapsed"),
      resets: this.has("resets"),
      mask: this.has("mask"),
    };
  }

  tensor(name: string): TensorInfo {
    return this.call.inputs[this.names.indexOf(name)];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** The given names that are present. */
  tensors(names: readonly string[]): TensorInfo[] {
    return names.filter((name) => this.has(name)).map((name) => this.tensor(name));
  }

  /** Concatenates `state | elapsed | resets | mask`, and further parts, to one row. */
  joinCourse(stock: StockKernels, more: readonly string[] = []): TensorInfo {
    return stock.join(this.tensors([...courseNames, ...more]));
  }
}
