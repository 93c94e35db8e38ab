/** The functions of other modules that a plan's code calls. */

import { type KernelCall, NumberAt } from "../wasm/capture.js";
import { type KernelModule, kernelBuild } from "../wasm/kernel-module.js";
import type { WasmBackend } from "../wasm/memory/heap.js";
import { NotPlannable } from "./not-plannable.js";
import type { ImportedFunction, WasmFunction } from "./wasm-code.js";
import { signaturesOf } from "./wasm-signatures.js";

/** Compiled kernels by the number under which code calls them. */
export class ImportTable {
  /** Types of the functions, in the order of their numbers. */
  readonly types: ImportedFunction[] = [];
  /** The functions. */
  readonly functions: WebAssembly.ImportValue[] = [];
  private readonly places = new Map<string, number>();
  private readonly modules: KernelModule<unknown>[] = [];

  constructor(private readonly backend: WasmBackend) {}

  /** Makes room for the functions of some calls. @throws NotPlannable when there is none of such a name */
  add(calls: readonly Pick<KernelCall, "module" | "name">[]): void {
    for (const { module, name } of calls) this.addOne(module as KernelModule<unknown>, name);
  }

  /** Number of a function in code. */
  index(module: object, name: string): number {
    return this.places.get(this.key(module, name)) as number;
  }

  private key(module: object, name: string): string {
    let at = this.modules.indexOf(module as KernelModule<unknown>);
    if (at < 0) at = this.modules.push(module as KernelModule<unknown>) - 1;
    return `${at}.${name}`;
  }

  private addOne(module: KernelModule<unknown>, name: string): void {
    const key = this.key(module, name);
    if (this.places.has(key)) return;
    const type = signatures(module).get(name);
    if (!type) throw new NotPlannable([`there is no compiled kernel ${name}`]);
    this.places.set(key, this.types.push(type) - 1);
    this.functions.push((module.compiled(this.backend) as Record<string, WebAssembly.ImportValue>)[name]);
  }

  /** Writes a call with its arguments; results are dropped. */
  call(code: WasmFunction, { module, name, args }: KernelCall): void {
    const index = this.index(module, name);
    this.types[index].parameters.forEach((type, i) => {
      const arg = args[i];
      if (arg instanceof NumberAt) code.i32(arg.address).memory("f32.load");
      else if (type === "f32") code.f32(Number(arg));
      else if (type === "f64") code.f64(Number(arg));
      else code.i32(Number(arg));
    });
    code.op("call", index);
    for (const _ of this.types[index].results) code.op("drop");
  }
}

const known = new WeakMap<object, ReadonlyMap<string, ImportedFunction>>();

function signatures(module: KernelModule<unknown>): ReadonlyMap<string, ImportedFunction> {
  let found = known.get(module);
  if (!found) {
    found = signaturesOf(module.bytes(kernelBuild()));
    known.set(module, found);
  }
  return found;
}
