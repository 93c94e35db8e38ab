import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { StateTree } from "../../../src/core/state.js";
import {
  checkCounts,
  checkFields,
  checkFinite,
  checkMoments,
  checkSavedRun,
  restoreParts,
  restoreWeights,
} from "../../../src/trainers/common/state-parts.js";

describe("checkFields", () => {
  const own = { steps: 1, name: "a", list: Float32Array.of(1, 2), inner: { flag: true }, any: null };

  it("accepts the same fields with values of the same kind, and anything where null is", () => {
    const given = { steps: 9, name: "", list: Float32Array.of(3, 4), inner: { flag: false }, any: [1] };
    expect(() => checkFields("part", given, own)).not.toThrow();
    expect(() => checkFields("part", { ...given, inner: null }, own)).not.toThrow();
  });

  it.each<[StateTree, RegExp]>([
    [[], /field "part": expected a record, received list/],
    [{ ...own, steps: undefined as never }, /"part.steps": expected number, received undefined/],
    [{ name: "a", list: own.list, inner: own.inner, any: 1 }, /"part.steps" is missing/],
    [{ ...own, more: 1 }, /"part.more" is not known/],
    [{ ...own, list: Float32Array.of(1) }, /"part.list": expected float32\[2\], received float32\[1\]/],
    [{ ...own, inner: { flag: 1 } }, /"part.inner.flag": expected boolean, received number/],
  ])("refuses %j", (given, message) => {
    expect(() => checkFields("part", given, own)).toThrow(CheckpointError);
    expect(() => checkFields("part", given, own)).toThrow(message);
  });

  it("checks only names if asked to", () => {
    expect(() => checkFields("", { a: "text" }, { a: 1 }, false)).not.toThrow();
    expect(() => checkFields("", { b: 1 }, { a: 1 }, false)).toThrow(/field "a" is missing/);
  });
});

describe("checkFinite and checkCounts", () => {
  it("name the array with a number that is none", () => {
    expect(() => checkFinite("a", { b: [Float32Array.of(1, Number.NaN)] })).toThrow(
      /"a.b.0": expected finite numbers, received NaN at 1/,
    );
    expect(() => checkFinite("a", { b: Int32Array.of(1), c: null, d: "NaN" })).not.toThrow();
  });

  it("name the field that is no count", () => {
    expect(() => checkCounts("a", { n: 0, m: 2 ** 40 }, ["n", "m"])).not.toThrow();
    for (const n of [-1, 0.5, "1", Number.NaN]) {
      expect(() => checkCounts("a", { n }, ["n"])).toThrow(/"a.n": expected a whole number of at least 0/);
    }
  });
});

describe("checkSavedRun", () => {
  const run = {
    goal: { totalTimesteps: 10, hours: 1, spent: 0, first: 0 },
    callbacks: { mine: { a: 1 } },
    logger: { row: { loss: 1 }, counts: {}, sinks: { csv: {} } },
  };

  it("accepts none, and one with goal, callbacks and log", () => {
    expect(() => checkSavedRun(null)).not.toThrow();
    expect(() => checkSavedRun(run)).not.toThrow();
  });

  it.each<[StateTree, RegExp]>([
    [{ ...run, goal: null }, /"run.goal": expected a record, received null/],
    [{ ...run, goal: { ...run.goal, hours: "1" } }, /"run.goal.hours": expected a number/],
    [{ ...run, goal: { ...run.goal, spent: -1 } }, /limits above 0/],
    [{ ...run, callbacks: { mine: 5 } }, /"run.callbacks.mine"/],
    [{ ...run, logger: { ...run.logger, row: { loss: "1" } } }, /"run.logger.row.loss": expected a number/],
    [{ goal: run.goal, callbacks: {} }, /"run.logger": expected a record, received nothing/],
  ])("refuses %j", (given, message) => {
    expect(() => checkSavedRun(given)).toThrow(message);
  });
});

describe("restoring", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("puts parts back, without those that there are not, and names the one that fails", () => {
    const [random, saved] = [new Random(1), new Random(2)];
    const own = { random: random.getState(), none: {} };
    restoreParts({ random, none: undefined }, { random: saved.getState() }, own);
    expect(random.uint32()).toBe(saved.uint32());
    const broken = { getState: () => ({}), setState: () => fail("no such thing") };
    expect(() => restoreParts({ broken }, { broken: {} }, { broken: {} })).toThrow(
      /^field "broken": no such thing/,
    );
  });

  it("puts weights back, all or none", () => {
    const variables = new Map([["w", tf.variable(tf.zeros([2]))]]);
    restoreWeights("model", variables, { w: Float32Array.of(1, 2) });
    expect([...variables.get("w")!.dataSync()]).toEqual([1, 2]);
    for (const weights of [{}, { w: Float32Array.of(1) }, { w: Float32Array.of(1, Number.NaN) }, null]) {
      expect(() => restoreWeights("model", variables, weights as StateTree)).toThrow(/^field "model/);
    }
    expect([...variables.get("w")!.dataSync()]).toEqual([1, 2]);
    tf.dispose([...variables.values()]);
  });

  it("knows moments that do not fit the weights", () => {
    const variables = new Map([["w", tf.variable(tf.zeros([2]))]]);
    const moments = (name: string, values: StateTree, steps: StateTree = 1) => ({
      variables: { [name]: { steps, moments: { meanSquare: values } } },
    });
    expect(() => checkMoments(moments("w", Float32Array.of(1, 2)), variables)).not.toThrow();
    expect(() => checkMoments(moments("v", Float32Array.of(1, 2)), variables)).toThrow(/no such weight/);
    expect(() => checkMoments(moments("w", Float32Array.of(1)), variables)).toThrow(/expected float32\[2\]/);
    expect(() => checkMoments(moments("w", Float32Array.of(1, -1)), variables)).toThrow(/at least 0/);
    expect(() => checkMoments(moments("w", Float32Array.of(1, 2), -1), variables)).toThrow(/steps/);
    tf.dispose([...variables.values()]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
