/** Computes steps of wired CfC cells in plain arrays. */

import type { WiredCfCCell } from "../cells/wired-cfc-cell.js";
import type { CellStepper } from "./stepper-cell.js";
import { CfCNetwork } from "./stepper-cfc.js";
import { valuesOf } from "./stepper-dense.js";

/** Computes steps of a `WiredCfCCell`: layer by layer, each from the new state of the previous layer. */
export class WiredCfCCellStepper implements CellStepper {
  readonly inputSize: number;
  private readonly networks: CfCNetwork[];
  private readonly masks: Float32Array[];

  constructor(cell: WiredCfCCell) {
    const { mode, flavour, layers } = cell;
    this.inputSize = cell.builtWiring.inputDim;
    this.networks = layers.map(({ weights }) => new CfCNetwork(weights, { mode, flavour }));
    this.masks = layers.map(({ mask }) => valuesOf(mask).slice());
  }

  refresh(): void {
    this.networks.forEach((network, layer) => {
      network.load(this.masks[layer]);
    });
  }

  step(x: ArrayLike<number>, state: Float32Array, elapsed: number): void {
    let source = x;
    let before = 0;
    let at = 0;
    for (const network of this.networks) {
      const { joined, inputs, units } = network;
      for (let i = 0; i < inputs; i++) joined[i] = source[before + i];
      for (let i = 0; i < units; i++) joined[inputs + i] = state[at + i];
      network.run(elapsed, state, at);
      source = state;
      before = at;
      at += units;
    }
  }

  readout(state: Float32Array, output: Float32Array): void {
    const { networks } = this;
    let at = 0;
    for (let layer = 0; layer < networks.length - 1; layer++) at += networks[layer].units;
    for (let i = 0; i < output.length; i++) output[i] = state[at + i];
  }
}
