import { describe, expect, it } from "vitest";
import { headMask, wiredMask } from "../../src/cells/wired-masks.js";
import { AdjacencyWiring } from "../../src/wirings/index.js";

// Two inputs; neurons 2 and 3 in the first layer, motor neurons 0 and 1 in the second.
const built = AdjacencyWiring.fromSynapses({
  units: 4,
  inputDim: 2,
  outputDim: 2,
  layers: [
    [2, 3],
    [0, 1],
  ],
  sensorySynapses: [
    [0, 2, 1],
    [1, 3, -1],
  ],
  synapses: [
    [2, 0, -1],
    [3, 1, 1],
    [2, 3, -1],
  ],
}).build(2);

const rows = (mask: Float32Array, columns: number) =>
  Array.from({ length: mask.length / columns }, (_, row) => [
    ...mask.subarray(row * columns, (row + 1) * columns),
  ]);

describe("wiredMask", () => {
  it("follows the synapses from inputs and lets neurons of a layer see each other, as ncps does", () => {
    const mask = wiredMask(built, 0, { flavour: "torch", recurrence: "layer", heads: 1 });
    expect(rows(mask, 2)).toEqual([
      [1, 0], // input 0 reaches neuron 2
      [0, 1], // input 1 reaches neuron 3
      [1, 1],
      [1, 1],
    ]);
  });

  it("follows synapses within a layer too in the wired form, where each neuron keeps its own memory", () => {
    const mask = wiredMask(built, 0, { flavour: "torch", recurrence: "wired", heads: 1 });
    expect(rows(mask, 2).slice(2)).toEqual([
      [1, 1], // of neuron 2: its own, and the synapse to neuron 3
      [0, 1],
    ]);
  });

  it("takes signs in the tf flavour, and the layer before as inputs", () => {
    const mask = wiredMask(built, 1, { flavour: "tf", recurrence: "wired", heads: 1 });
    expect(rows(mask, 2)).toEqual([
      [-1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });

  it("leaves the time gates dense in ncps's form, and masks all heads in the wired one", () => {
    const heads = (recurrence: "layer" | "wired") =>
      rows(wiredMask(built, 0, { flavour: "torch", recurrence, heads: 4 }), 8)[0];
    expect(heads("layer")).toEqual([1, 0, 1, 0, 1, 1, 1, 1]);
    expect(heads("wired")).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe("headMask", () => {
  it("repeats the factors for each masked head, with ones for the others", () => {
    const mask = headMask({
      rows: 2,
      units: 2,
      heads: 3,
      maskedHeads: 2,
      factor: (row, column) => 10 * row + column,
    });
    expect(rows(mask, 6)).toEqual([
      [0, 1, 0, 1, 1, 1],
      [10, 11, 10, 11, 1, 1],
    ]);
  });
});
