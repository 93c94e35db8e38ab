/** Single steps of a CfC on the compiled kernels, without tensors and without a backend. */

import { OwnMemory } from "tfjs-training/wasm";
import {
  type CfCTask,
  headLayout,
  packRowsOf,
  padded,
  padVector,
  planWords,
  prepareLayers,
  writePlan,
} from "./cfc-plan.js";
import { kernelsOn, type RecurrentKernels } from "./kernels.js";

/** Which CfC it is. */
export interface CfCStepOptions
  extends Pick<CfCTask, "features" | "units" | "mode" | "bounded" | "activation"> {
  /** Rows and columns of each kernel, of the backbone and last of the heads. */
  layers: readonly (readonly [inputs: number, outputs: number])[];
}

/** Values of the weights. */
export interface CfCStepWeights {
  /** Of the backbone and last of the heads. */
  layers: readonly { kernel: Float32Array; bias: Float32Array }[];
  /** Factors on the kernel of the heads. */
  factors?: Float32Array;
  /** In pure mode. */
  wTau?: Float32Array;
  /** In pure mode. */
  a?: Float32Array;
}

/** One network with its weights and a place for one input and one state. */
export class CfCStep {
  /** `[features]`: to be filled before {@link CfCStep.run}. */
  x!: Float32Array;
  /** `[units]`: the state before and after {@link CfCStep.run}. */
  state!: Float32Array;
  private memory!: OwnMemory<RecurrentKernels>;
  private time!: Float32Array;
  private plan = 0;

  constructor(private readonly options: CfCStepOptions) {}

  /** Takes other weights. */
  load({ layers, factors, wTau, a }: CfCStepWeights): void {
    // A fresh memory: loading is rare, and nothing of the old one is worth keeping.
    const memory = new OwnMemory(kernelsOn);
    const { features, units } = this.options;
    const allocate = (floats: number) => memory.take(floats);
    const place = (values: Float32Array | undefined) => {
      if (!values) return 0;
      const at = memory.take(values.length);
      memory.floats(at, values.length).set(values);
      return at;
    };
    const last = layers.length - 1;
    const [x, state, times] = [allocate(features), allocate(units), allocate(1)];
    const task: CfCTask = {
      ...this.options,
      batch: 1,
      steps: 1,
      elapsed: 1,
      layers: layers.map(({ kernel, bias }, index) => ({
        kernel: place(kernel),
        bias: place(bias),
        factors: index === last ? place(factors) : 0,
        inputs: this.options.layers[index][0],
        outputs: this.options.layers[index][1],
      })),
      wTau: place(wTau),
      a: place(a),
      x,
      state,
      times,
      resets: 0,
      mask: 0,
      dropout: [],
    };
    const { kernels } = memory;
    const prepared = prepareLayers(kernels, task, allocate);
    const table = prepared.map((layer, index) => ({
      width: layer.width,
      terms: index === 0 ? units : layer.inputs,
      kernel: packRowsOf(
        kernels,
        layer,
        index === 0 ? features : 0,
        index === 0 ? units : layer.inputs,
        allocate,
      ),
      transposed: 0,
      inputs: index === 0 ? packRowsOf(kernels, layer, 0, features, allocate) : 0,
      bias: layer.padBias,
      z: 0,
      u: 0,
      dropout: 0,
      delta: 0,
    }));
    const widest = Math.max(...prepared.map(({ width }) => width));
    const addresses = {
      x,
      wTau: padVector(kernels, task.wTau, units, allocate),
      a: padVector(kernels, task.a, units, allocate),
      work: allocate(headLayout(task).padded + 2 * widest),
      outputs: allocate(padded(units)),
      last: state,
    };
    this.plan = allocate(planWords(table.length));
    writePlan(memory.buffer, this.plan, task, addresses, table);
    this.memory = memory;
    this.x = memory.floats(x, features);
    this.state = memory.floats(state, units);
    this.time = memory.floats(times, 1);
  }

  /** Replaces the state by the next one. */
  run(elapsed: number): void {
    this.time[0] = elapsed;
    this.memory.kernels.cfcForward(this.plan);
  }
}
