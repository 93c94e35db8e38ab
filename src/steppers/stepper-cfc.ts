/** Computes steps of CfC cells in plain arrays. */

import { hasKernels } from "tfjs-training/wasm";
import type { CfCCell } from "../cells/cfc-cell.js";
import type { CfCFlavour, CfCMode, CfCWeights } from "../recurrent/ops/cfc-problem.js";
import { logistic } from "../recurrent/ops/ltc-sigmoid.js";
import { activationNumbers, modeNumbers } from "../recurrent/wasm/cfc-plan.js";
import { CfCStep } from "../recurrent/wasm/cfc-step.js";
import { type ApplyActivation, applyActivation, hyperbolicTangent } from "./stepper-activations.js";
import type { CellStepper } from "./stepper-cell.js";
import { DenseProduct, valuesOf } from "./stepper-dense.js";

/** Formula of a {@link CfCNetwork}. */
export interface CfCFormula {
  /** Mode of the cell. */
  mode: CfCMode;
  /** Flavour of the cell. */
  flavour: CfCFlavour;
  /** Activation of the backbone; undefined without a backbone. */
  activation?: ApplyActivation;
}

/** Backbone and heads of one CfC: from inputs and state to the next state. */
export class CfCNetwork {
  /** `[inputs | state]`: fill it before calling {@link CfCNetwork.run}. */
  readonly joined: Float64Array;
  /** Size of the state. */
  readonly units: number;
  /** Size of the input. */
  readonly inputs: number;
  private readonly products: DenseProduct[];
  private wTau = new Float32Array(0);
  private a = new Float32Array(0);

  /** @param weights weights of the cell; {@link CfCNetwork.load} copies them */
  constructor(
    private readonly weights: CfCWeights,
    private readonly formula: CfCFormula,
  ) {
    const { backbone, heads } = weights;
    this.products = [...backbone, heads].map(({ kernel: { shape } }) => new DenseProduct(shape[0], shape[1]));
    this.joined = this.products[0].x;
    this.units = heads.kernel.shape[1] / (formula.mode === "pure" ? 1 : 4);
    this.inputs = this.joined.length - this.units;
  }

  /** Copies the weights. @param mask sparsity mask of the heads' kernel */
  load(mask?: Float32Array): void {
    const { backbone, heads, wTau, a } = this.weights;
    [...backbone, heads].forEach(({ kernel, bias }, layer) => {
      const values = valuesOf(kernel);
      const masked = mask ? values.map((value, i) => value * mask[i]) : values;
      this.products[layer].load([masked], valuesOf(bias));
    });
    if (wTau) this.wTau = valuesOf(wTau).slice();
    if (a) this.a = valuesOf(a).slice();
  }

  /** Writes the next state to `target[at...]`. */
  run(elapsed: number, target: Float32Array, at: number): void {
    const { products, formula } = this;
    const last = products.length - 1;
    for (let layer = 0; layer < last; layer++) {
      const { y, outputs } = products[layer];
      products[layer].run();
      formula.activation?.(y, outputs);
      const { x } = products[layer + 1];
      for (let i = 0; i < outputs; i++) x[i] = y[i];
    }
    products[last].run();
    if (formula.mode === "pure") this.mixPure(products[last].y, elapsed, target, at);
    else this.mix(products[last].y, elapsed, target, at);
  }

  private mix(y: Float64Array, elapsed: number, target: Float32Array, at: number): void {
    const { units, formula } = this;
    const bounded = formula.flavour === "torch";
    const gated = formula.mode === "default";
    const rate = bounded ? elapsed : -elapsed;
    for (let i = 0; i < units; i++) {
      const f = bounded ? hyperbolicTangent(y[i]) : y[i];
      const g = bounded ? hyperbolicTangent(y[units + i]) : y[units + i];
      const s = logistic(y[3 * units + i] + rate * y[2 * units + i]);
      target[at + i] = f + s * (gated ? g - f : g);
    }
  }

  private mixPure(y: Float64Array, elapsed: number, target: Float32Array, at: number): void {
    const { units, wTau, a } = this;
    for (let i = 0; i < units; i++) {
      const decay = Math.exp(-elapsed * (Math.abs(wTau[i]) + Math.abs(y[i])));
      target[at + i] = a[i] * (1 - decay * y[i]);
    }
  }
}

/** Computes steps of a `CfCCell`: with the compiled kernels if available, otherwise in plain arrays. */
export class CfCCellStepper implements CellStepper {
  readonly inputSize: number;
  private readonly network?: CfCNetwork;
  private readonly compiled?: CfCStep;

  constructor(private readonly cell: CfCCell) {
    const { mode, flavour, activation, weights, units } = cell;
    const layers = [...weights.backbone, weights.heads].map(({ kernel }) => kernel.shape);
    this.inputSize = layers[0][0] - units;
    if (hasKernels()) {
      this.compiled = new CfCStep({
        features: this.inputSize,
        units,
        mode: modeNumbers[mode],
        bounded: flavour === "torch",
        activation: activationNumbers[activation],
        layers,
      });
    } else this.network = new CfCNetwork(weights, { mode, flavour, activation: applyActivation[activation] });
  }

  refresh(): void {
    const { headMask, weights } = this.cell;
    const factors = headMask && valuesOf(headMask);
    this.network?.load(factors);
    const { backbone, heads, wTau, a } = weights;
    this.compiled?.load({
      layers: [...backbone, heads].map(({ kernel, bias }) => ({
        kernel: valuesOf(kernel),
        bias: valuesOf(bias),
      })),
      factors,
      wTau: wTau && valuesOf(wTau),
      a: a && valuesOf(a),
    });
  }

  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void {
    const { compiled, network, inputSize, cell } = this;
    if (compiled) {
      const own = compiled.state;
      for (let i = 0; i < inputSize; i++) compiled.x[i] = x[i];
      for (let i = 0; i < own.length; i++) own[i] = state[i];
      compiled.run(elapsed);
      for (let i = 0; i < own.length; i++) state[i] = own[i];
    } else if (network) {
      for (let i = 0; i < inputSize; i++) network.joined[i] = x[i];
      for (let i = 0; i < cell.units; i++) network.joined[inputSize + i] = state[i];
      network.run(elapsed, state, 0);
    }
  }

  readout(state: Float32Array, output: Float32Array): void {
    for (let i = 0; i < output.length; i++) output[i] = state[i];
  }
}
