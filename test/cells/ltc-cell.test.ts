import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { LTCCell, type LTCCellOptions } from "../../src/cells/ltc-cell.js";
import { ltcRanges } from "../../src/cells/ltc-ranges.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/auto-ncp.js";
import { FullyConnected } from "../../src/wirings/fully-connected.js";
import { difference } from "../recurrent/ops/ltc-problem.js";

const wiring = new FullyConnected({ units: 5, outputDim: 2 });

function build(options: Partial<LTCCellOptions> = {}, inputs = 3): LTCCell {
  const cell = new LTCCell({ wiring, seed: 1, ...options });
  cell.build(inputs);
  return cell;
}

// One neuron and one input, by the formulas of the paper.
function single(cell: LTCCell, x: number, v: number, elapsed: number): number {
  const value = (name: string) => cell.variables.get(name)!.dataSync()[0];
  const positive = (raw: number) => (cell.implicitConstraints ? Math.log(1 + Math.exp(raw)) : raw);
  const open = (name: string, from: number) =>
    positive(value(`${name}w`)) / (1 + Math.exp(-value(`${name}sigma`) * (from - value(`${name}mu`))));
  const sensory = open("sensory_", x * value("input_w") + value("input_b"));
  const [cm, gleak] = [positive(value("cm")) / (elapsed / 6), positive(value("gleak"))];
  let next = v;
  for (let unfold = 0; unfold < 6; unfold++) {
    const inner = open("", next);
    const n = cm * next + gleak * value("vleak") + inner * value("erev") + sensory * value("sensory_erev");
    next = n / (cm + gleak + inner + sensory + 1e-8);
  }
  return next;
}

describe("LTCCell", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it.each([true, false])("computes one step, implicit constraints %s", (implicitConstraints) => {
    const cell = build({ wiring: undefined, units: 1, implicitConstraints }, 1);
    tf.tidy(() => {
      const { output, state } = cell.call(tf.tensor2d([[0.7]]), tf.tensor2d([[0.2]]), 0.4);
      const expected = single(cell, 0.7, 0.2, 0.4);
      expect(state.dataSync()[0]).toBeCloseTo(expected, 6);
      expect(output.dataSync()[0]).toBeCloseTo(expected, 6);
    });
    cell.dispose();
  });

  it("initialises weights within their ranges, reversal potentials from polarities, mappings as the identity", () => {
    const cell = build({ initializationRanges: { sigma: [4, 4], vleak: [-3, -2] } });
    const values = (name: string) => Array.from(cell.variables.get(name)!.dataSync());
    expect(values("sigma")).toEqual(new Array(25).fill(4));
    expect(values("vleak").every((v) => v >= -3 && v <= -2)).toBe(true);
    expect(values("sensory_mu").every((v) => v >= 0.3 && v <= 0.8)).toBe(true);
    expect(new Set(values("sensory_mu")).size).toBeGreaterThan(10);
    expect(values("erev")).toEqual(Array.from(cell.builtWiring.adjacency));
    expect(values("sensory_erev")).toEqual(Array.from(cell.builtWiring.sensoryAdjacency));
    expect(values("input_w")).toEqual([1, 1, 1]);
    expect(values("output_b")).toEqual([0, 0]);
    expect(cell.initializationRanges.mu).toEqual(ltcRanges.mu);
    cell.dispose();
  });

  it("has the requested mappings", () => {
    const names = (options: Partial<LTCCellOptions>) => {
      const cell = build(options);
      const found = [...cell.variables.keys()].filter((name) => /put/.test(name));
      tf.tidy(() => {
        const { output } = cell.call(tf.ones([2, 3]), cell.initialState(2));
        expect(output.shape).toEqual([2, 2]);
      });
      cell.dispose();
      return found;
    };
    expect(names({})).toEqual(["input_w", "input_b", "output_w", "output_b"]);
    expect(names({ inputMapping: "linear", outputMapping: "none" })).toEqual(["input_w"]);
    expect(names({ inputMapping: "none", outputMapping: "linear" })).toEqual(["output_w"]);
  });

  it("keeps conductances positive by softplus or by constrain()", () => {
    const clipped = build({ flavour: "tf" });
    const implicit = build();
    expect([clipped.implicitConstraints, implicit.implicitConstraints]).toEqual([false, true]);
    expect(build({ flavour: "tf", implicitConstraints: true }).implicitConstraints).toBe(true);
    for (const cell of [clipped, implicit]) {
      for (const name of ["gleak", "cm", "w", "sensory_w", "vleak"]) {
        const variable = cell.variables.get(name)!;
        tf.tidy(() => variable.assign(tf.fill(variable.shape, -0.5)));
      }
      cell.constrain();
    }
    const first = (cell: LTCCell, name: string) => cell.variables.get(name)!.dataSync()[0];
    expect(["gleak", "cm", "w", "sensory_w"].map((name) => first(clipped, name))).toEqual([0, 0, 0, 0]);
    expect(first(clipped, "vleak")).toBe(-0.5);
    expect(first(implicit, "w")).toBe(-0.5);
    tf.tidy(() => {
      // All conductances and capacitances are zero: the state does not change.
      const state = tf.fill([1, 5], 0.3) as tf.Tensor2D;
      expect(difference(clipped.call(tf.ones([1, 3]), state, 0).state.dataSync(), state.dataSync())).toBe(0);
      const next = implicit.call(tf.ones([1, 3]), state).state.dataSync();
      expect(next.every(Number.isFinite)).toBe(true);
    });
    clipped.dispose();
    implicit.dispose();
  });

  it("returns the same output from readout as from a step", () => {
    const cell = build();
    tf.tidy(() => {
      cell.variables.get("output_b")!.assign(tf.tensor([0.5, -1]));
      const { output, state } = cell.call(tf.ones([4, 3]), cell.initialState(4), [0.1, 0.5, 1, 2]);
      expect(state.shape).toEqual([4, 5]);
      expect(cell.readout(state).dataSync()).toEqual(output.dataSync());
    });
    cell.dispose();
  });

  it("owns its weights, sized by the wiring", () => {
    const before = tf.memory().numTensors;
    const cell = new LTCCell({ wiring: new AutoNCP({ units: 8, outputSize: 1 }), seed: 0 });
    expect(() => cell.weights).toThrow(InvalidStateError);
    cell.build(2);
    cell.build(2);
    expect([...cell.variables.values()].reduce((sum, { size }) => sum + size, 0)).toBe(350);
    cell.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => cell.builtWiring).toThrow(InvalidStateError);
  });

  it("rejects invalid options", () => {
    const wrong = (options: object) => () => new LTCCell({ wiring, ...options });
    expect(() => new LTCCell({})).toThrow("wiring: ");
    expect(() => new LTCCell({ units: 0 })).toThrow(InvalidArgumentError);
    expect(wrong({ units: 6 })).toThrow("units: ");
    expect(wrong({ inputMapping: "cubic" })).toThrow("inputMapping: ");
    expect(wrong({ outputMapping: "" })).toThrow("outputMapping: ");
    expect(wrong({ odeUnfolds: 1.5 })).toThrow("odeUnfolds: ");
    expect(wrong({ epsilon: -1 })).toThrow("epsilon: ");
    expect(wrong({ flavour: "jax" })).toThrow("flavour: ");
    expect(wrong({ initializationRanges: { tau: [0, 1] } })).toThrow("initializationRanges.tau: ");
    expect(wrong({ initializationRanges: { cm: [-1, 1] } })).toThrow("at least 0");
    expect(wrong({ initializationRanges: { mu: [1, 0] } })).toThrow("low <= high");
    expect(wrong({ initializationRanges: { mu: 1 } })).toThrow(InvalidArgumentError);
    const cell = build();
    tf.tidy(() => {
      const state = cell.initialState(1);
      expect(() => cell.call(tf.zeros([1, 1, 3]) as unknown as tf.Tensor2D, state)).toThrow(ShapeError);
      expect(() => cell.call(tf.zeros([1, 4]), state)).toThrow(ShapeError);
      expect(() => cell.call(tf.zeros([1, 3]), tf.zeros([1, 4]))).toThrow(ShapeError);
      expect(() => cell.call(tf.zeros([1, 3]), state, Number.NaN)).toThrow("elapsed: ");
    });
    cell.dispose();
  });
});
