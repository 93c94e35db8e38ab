import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { LTCCell } from "../../src/cells/ltc-cell.js";
import { MixedMemoryCell } from "../../src/cells/mixed-memory-cell.js";
import type { RecurrentCell } from "../../src/cells/recurrent-cell.js";
import { WiredCfCCell } from "../../src/cells/wired-cfc-cell.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import type { CfCFlavour } from "../../src/recurrent/ops/cfc-problem.js";
import { cfcFlavours } from "../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/index.js";
import {
  distance,
  example,
  expectElapsed,
  expectMasks,
  expectNoLeaks,
  expectResets,
  expectStepsInOrder,
  features,
} from "./sequence-properties.js";

const wiring = new AutoNCP({ units: 16, outputSize: 4 });

const makers: Record<string, (flavour: CfCFlavour) => RecurrentCell> = {
  CfCCell: (flavour) => new CfCCell({ units: 5, backboneUnits: 7, flavour, seed: 1 }),
  WiredCfCCell: (flavour) => new WiredCfCCell({ wiring, flavour, seed: 1 }),
  LTCCell: (flavour) => new LTCCell({ wiring, flavour, seed: 1 }),
};

function build(kind: string, flavour: CfCFlavour, forgetBias?: number): MixedMemoryCell {
  const cell = new MixedMemoryCell({ cell: makers[kind](flavour), flavour, forgetBias, seed: 1 });
  cell.build(features);
  return cell;
}

const kinds = Object.keys(makers).flatMap((kind) => cfcFlavours.map((flavour) => ({ kind, flavour })));

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

// The LSTM of one sequence in plain numbers.
function referenceLstm({ weights, forgetBias }: MixedMemoryCell, x: number[], h: number[], c: number[]) {
  const [kernel, recurrent, bias] = [weights.kernel, weights.recurrentKernel, weights.bias].map((weight) =>
    weight.dataSync(),
  );
  const size = h.length;
  const z = Array.from({ length: 4 * size }, (_, k) => {
    const drive = x.reduce((sum, value, i) => sum + value * kernel[i * 4 * size + k], bias[k]);
    return h.reduce((sum, value, i) => sum + value * recurrent[i * 4 * size + k], drive);
  });
  const memory = c.map(
    (value, i) => value * sigmoid(z[2 * size + i] + forgetBias) + Math.tanh(z[i]) * sigmoid(z[size + i]),
  );
  return { c: memory, h: memory.map((value, i) => Math.tanh(value) * sigmoid(z[3 * size + i])) };
}

describe("MixedMemoryCell", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it.each(kinds)("uses the LSTM's output according to the flavour: %o", ({ kind, flavour }) => {
    const cell = build(kind, flavour, 0.5);
    tf.tidy(() => {
      const { x, state } = example(cell, 2, 1);
      const size = cell.cell.stateSize;
      const rows = tf.squeeze<tf.Tensor2D>(x, [1]);
      const expected = rows.arraySync().map((row, i) => {
        const values = state.arraySync()[i];
        const lstm = referenceLstm(cell, row, values.slice(0, size), values.slice(size));
        const [input, from] = flavour === "torch" ? [row, lstm.h] : [lstm.h, values.slice(0, size)];
        const step = cell.cell.call(tf.tensor2d([input]), tf.tensor2d([from]), 0.3);
        return { output: step.output, state: tf.concat([step.state, tf.tensor2d([lstm.c])], 1) };
      });
      const step = cell.call(rows, state, 0.3);
      expect(distance(step.state, tf.concat(expected.map((row) => row.state)))).toBeLessThan(2e-6);
      expect(distance(step.output, tf.concat(expected.map((row) => row.output)))).toBeLessThan(2e-6);
    });
    cell.dispose();
  });

  describe.each(kinds)("%o", ({ kind, flavour }) => {
    const cells: MixedMemoryCell[] = [];
    const make = () => cells[cells.push(build(kind, flavour)) - 1];
    afterAll(() => {
      for (const cell of cells) cell.dispose();
    });
    it("gives the same for a sequence as for its steps", () => expectStepsInOrder(make()));
    it("starts from zeros at resets", () => expectResets(make()));
    it("carries its state over masked steps", () => expectMasks(make()));
    it("gives every sequence its own elapsed time", () => expectElapsed(make()));
    it("leaks no tensors", () => expectNoLeaks(() => build(kind, flavour)));
  });

  it("applies dropout to the inner backbone only in training", () => {
    const inner = new CfCCell({ units: 4, flavour: "tf", backboneDropout: 0.5, seed: 1 });
    const cell = new MixedMemoryCell({ cell: inner, flavour: "tf", seed: 1 });
    cell.build(features);
    tf.tidy(() => {
      const options = example(cell);
      const plain = cell.scan(options).outputs;
      expect(distance(cell.scan({ ...options, training: false }).outputs, plain)).toBe(0);
      expect(distance(cell.scan({ ...options, training: true }).outputs, plain)).toBeGreaterThan(1e-3);
    });
    cell.dispose();
  });

  it("owns the LSTM's weights, initialised by flavour", () => {
    for (const flavour of cfcFlavours) {
      const cell = build("CfCCell", flavour);
      cell.build(features);
      expect([...cell.variables].map(([name, { shape }]) => [name, shape])).toEqual([
        ["lstm/kernel", [features, 20]],
        ["lstm/recurrent_kernel", [5, 20]],
        ["lstm/bias", [20]],
      ]);
      tf.tidy(() => {
        const { recurrentKernel, bias } = cell.weights;
        const gram = tf.matMul(recurrentKernel, recurrentKernel, false, true);
        expect(distance(gram, tf.eye(5))).toBeLessThan(1e-5);
        const greatest = Math.max(...bias.dataSync().map(Math.abs));
        expect(greatest).toBeLessThanOrEqual(0.1);
        expect(greatest > 0.05).toBe(flavour === "torch");
      });
      // The tf form feeds the LSTM's output, as wide as the state, to the cell.
      const { backbone } = (cell.cell as CfCCell).weights;
      expect(backbone[0].kernel.shape).toEqual([(flavour === "torch" ? features : 5) + 5, 7]);
      cell.dispose();
    }
  });

  it("rejects invalid options", () => {
    const cell = new CfCCell({ units: 2, seed: 1 });
    expect(() => new MixedMemoryCell({ cell, flavour: "jax" as never })).toThrow(InvalidArgumentError);
    expect(() => new MixedMemoryCell({ cell, forgetBias: Number.NaN })).toThrow("forgetBias: ");
    const mixed = new MixedMemoryCell({ cell, seed: 1 });
    expect(() => mixed.weights).toThrow(InvalidStateError);
    mixed.build(3);
    tf.tidy(() => {
      const x = tf.zeros<tf.Rank.R3>([2, 4, 3]);
      expect(() => mixed.scan({ x, state: tf.zeros([2, 2]) })).toThrow("state: expected shape [2, 4]");
      expect(() => mixed.scan({ x: tf.zeros([2, 4, 2]), state: mixed.initialState(2) })).toThrow(ShapeError);
      expect(() => mixed.scan({ x, state: mixed.initialState(2), elapsed: -1 })).toThrow("elapsed: ");
    });
    mixed.dispose();
  });
});
