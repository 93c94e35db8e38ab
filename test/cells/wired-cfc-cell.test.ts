import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WiredCfCCell, type WiredCfCCellOptions } from "../../src/cells/wired-cfc-cell.js";
import { cfcRecurrences } from "../../src/cells/wired-masks.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { cfcFlavours, cfcModes } from "../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP, FullyConnected } from "../../src/wirings/index.js";
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

function build(options: Partial<WiredCfCCellOptions> = {}): WiredCfCCell {
  const cell = new WiredCfCCell({ wiring, seed: 1, ...options });
  cell.build(features);
  return cell;
}

const kinds = cfcModes.flatMap((mode) =>
  cfcFlavours.flatMap((flavour) => cfcRecurrences.map((recurrence) => ({ mode, flavour, recurrence }))),
);

// One step of one neuron from the adjacency, in plain numbers.
function referenceStep(cell: WiredCfCCell, x: number[], state: number[], time: number): number[] {
  const { builtWiring: built, mode, flavour, recurrence } = cell;
  const bound = flavour === "torch" ? Math.tanh : (value: number) => value;
  const next: number[] = [];
  let inputs = x;
  let offset = 0;
  built.layers.forEach((ids, l) => {
    const { heads, wTau, a } = cell.layers[l].weights;
    const [kernel, bias] = [heads.kernel.dataSync(), heads.bias.dataSync()];
    const columns = heads.bias.shape[0];
    const own = state.slice(offset, offset + ids.length);
    const synapse = (row: number, i: number): number => {
      if (row < inputs.length) {
        const from = l === 0 ? row : built.layers[l - 1][row];
        return (l === 0 ? built.sensoryAdjacency : built.adjacency)[from * built.units + ids[i]];
      }
      const j = row - inputs.length;
      if (recurrence === "layer") return 1;
      return built.adjacency[ids[j] * built.units + ids[i]] || Number(i === j);
    };
    const consumed = [...inputs, ...own];
    const head = (index: number, i: number): number => {
      const column = index * ids.length + i;
      return consumed.reduce((sum, value, row) => {
        const wired = index < 2 || recurrence === "wired";
        const s = wired ? synapse(row, i) : 1;
        return sum + value * kernel[row * columns + column] * (flavour === "torch" ? Math.abs(s) : s);
      }, bias[column]);
    };
    inputs = ids.map((_, i) => {
      if (mode === "pure") {
        const f = head(0, i);
        const decay = Math.exp(-time * (Math.abs(wTau!.dataSync()[i]) + Math.abs(f)));
        return a!.dataSync()[i] * (1 - decay * f);
      }
      const [f, g] = [bound(head(0, i)), bound(head(1, i))];
      const slope = (flavour === "torch" ? 1 : -1) * head(2, i) * time;
      const gate = 1 / (1 + Math.exp(-(slope + head(3, i))));
      return mode === "default" ? f * (1 - gate) + gate * g : f + gate * g;
    });
    next.push(...inputs);
    offset += ids.length;
  });
  return next;
}

describe("WiredCfCCell", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it.each(kinds)("computes one step: %o", (kind) => {
    const cell = build(kind);
    tf.tidy(() => {
      const { x, state } = example(cell, 3, 1);
      const rows = tf.squeeze<tf.Tensor2D>(x, [1]);
      const { output, state: next } = cell.call(rows, state, [0, 0.5, 2]);
      const [inputs, states] = [rows.arraySync(), state.arraySync()];
      const expected = inputs.map((row, i) => referenceStep(cell, row, states[i], [0, 0.5, 2][i]));
      expect(distance(next, tf.tensor2d(expected))).toBeLessThan(1e-5);
      expect(distance(output, tf.tensor2d(expected.map((row) => row.slice(-4))))).toBeLessThan(1e-5);
    });
    cell.dispose();
  });

  describe.each(kinds)("%o", (kind) => {
    const cells: WiredCfCCell[] = [];
    const make = () => cells[cells.push(build(kind)) - 1];
    afterAll(() => {
      for (const cell of cells) cell.dispose();
    });
    it("gives the same for a sequence as for its steps", () => expectStepsInOrder(make()));
    it("starts from zeros at resets", () => expectResets(make()));
    it("carries its state over masked steps", () => expectMasks(make()));
    it("gives every sequence its own elapsed time", () => expectElapsed(make()));
  });

  it("gives weights without a synapse no effect and no gradient", () => {
    for (const recurrence of cfcRecurrences) {
      const cell = build({ recurrence, flavour: "tf" });
      tf.tidy(() => {
        const options = example(cell);
        const plain = cell.scan(options).outputs;
        const { grads } = tf.variableGrads(() => tf.sum(cell.scan(options).outputs));
        cell.layers.forEach(({ mask, weights }) => {
          const kernel = weights.heads.kernel as tf.Variable<tf.Rank.R2>;
          const absent = tf.sub(1, tf.abs(mask));
          expect(tf.sum(absent).dataSync()[0]).toBeGreaterThan(0);
          expect(tf.max(tf.abs(tf.mul(grads[kernel.name], absent))).dataSync()[0]).toBe(0);
          kernel.assign(tf.add(kernel, tf.mul(absent, 5)));
        });
        expect(distance(cell.scan(options).outputs, plain)).toBe(0);
      });
      cell.dispose();
    }
  });

  it("limits recurrence to synapses with recurrence wired, to the layer with recurrence layer", () => {
    for (const recurrence of cfcRecurrences) {
      const cell = build({ recurrence });
      tf.tidy(() => {
        const { x, state } = example(cell, 1, 1);
        const { layers, adjacency, units } = cell.builtWiring;
        const offset = layers[0].length;
        layers[1].forEach((id, i) => {
          const nudge = tf.oneHot([offset + i], 16);
          const step = (from: tf.Tensor2D) =>
            tf.slice(cell.scan({ x, state: from }).state, [0, offset], [1, layers[1].length]);
          const changed = tf.abs(tf.sub(step(tf.add(state, nudge)), step(state))).dataSync();
          layers[1].forEach((target, j) => {
            const reached = recurrence === "layer" || i === j || adjacency[id * units + target] !== 0;
            expect(changed[j] > 0, `${recurrence}: ${id} to ${target}`).toBe(reached);
          });
        });
      });
      cell.dispose();
    }
  });

  it("outputs the motor neurons of wirings without layers", () => {
    const cell = build({ wiring: new FullyConnected({ units: 8, outputDim: 4 }) });
    tf.tidy(() => {
      const options = example(cell);
      const { outputs, state } = cell.scan(options);
      expect(outputs.shape).toEqual([4, 6, 4]);
      expect(
        distance(tf.slice(state, [0, 0], [4, 4]), tf.squeeze(tf.slice(outputs, [0, 5, 0], [4, 1, 4]), [1])),
      ).toBe(0);
    });
    cell.dispose();
  });

  it("has a gradient of the state when all neurons are in one layer", async () => {
    const cell = new WiredCfCCell({ wiring: new FullyConnected({ units: 3 }), seed: 0 });
    cell.build(2);
    const gradient = () =>
      tf.grad((state) => tf.sum(cell.scan({ x: tf.ones([1, 2, 2]), state: state as tf.Tensor2D }).outputs))(
        tf.ones([1, 3]),
      );
    const fused = Array.from(gradient().dataSync());
    await useBackend("cpu");
    const composed = Array.from(gradient().dataSync());
    await useBackend("wasm");
    composed.forEach((value, i) => {
      expect(value).toBeCloseTo(fused[i], 5);
    });
    cell.dispose();
  });

  it("leaks no tensors", () => {
    expectNoLeaks(() => build());
    expectNoLeaks(() => build({ mode: "pure", flavour: "tf", recurrence: "wired" }));
  });

  it("owns its weights, one set for each layer of neurons", () => {
    const cell = build();
    cell.build(features);
    expect([...cell.variables].map(([name, { shape }]) => [name, shape])).toEqual([
      ["layer1/heads/kernel", [features + 8, 32]],
      ["layer1/heads/bias", [32]],
      ["layer2/heads/kernel", [12, 16]],
      ["layer2/heads/bias", [16]],
      ["layer3/heads/kernel", [8, 16]],
      ["layer3/heads/bias", [16]],
    ]);
    cell.dispose();
    expect(() => cell.layers).toThrow(InvalidStateError);
  });

  it("rejects invalid options", () => {
    expect(() => new WiredCfCCell({ wiring: undefined as never })).toThrow("wiring: ");
    expect(() => build({ recurrence: "none" as never })).toThrow(InvalidArgumentError);
    expect(() => build({ mode: "gated" as never })).toThrow("mode: ");
    expect(() => new WiredCfCCell({ wiring }).layers).toThrow(InvalidStateError);
    const cell = build();
    tf.tidy(() => {
      const state = cell.initialState(2);
      expect(() => cell.scan({ x: tf.zeros([2, 3, 5]), state })).toThrow(
        "x: expected shape [batch, time, 3]",
      );
      expect(() => cell.scan({ x: tf.zeros([2, 0, 3]), state })).toThrow(ShapeError);
      expect(() => cell.scan({ x: tf.zeros([3, 2, 3]), state })).toThrow("state: expected shape [3, 16]");
      const sequence = { x: tf.zeros<tf.Rank.R3>([2, 4, 3]), state };
      expect(() => cell.scan({ ...sequence, mask: tf.zeros([2, 3]) })).toThrow("mask: ");
      expect(() => cell.scan({ ...sequence, resets: tf.zeros([2]) })).toThrow("resets: ");
      expect(() => cell.scan({ ...sequence, elapsed: tf.zeros([3]) })).toThrow("elapsed: ");
      expect(() => cell.scan({ ...sequence, elapsed: -1 })).toThrow("elapsed: ");
      expect(() => cell.call(tf.zeros([2, 1, 3]) as never, state)).toThrow(ShapeError);
    });
    cell.dispose();
  });
});
