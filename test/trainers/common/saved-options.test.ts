import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import type { StateTree } from "../../../src/core/state.js";
import {
  choiceForm,
  countForm,
  eitherForm,
  listForm,
  nullable,
  numberForm,
  readRecord,
  readSavedOptions,
  recordForm,
  type SavedForm,
  scheduleForm,
  shown,
} from "../../../src/trainers/common/saved-options.js";

const pair = recordForm({ a: numberForm, b: choiceForm("x", "y") }, ["a"]);

describe("forms", () => {
  it.each<[string, SavedForm, StateTree[], StateTree[]]>([
    ["number", numberForm, [0, -1.5, Number.POSITIVE_INFINITY], [Number.NaN, "1", null, true]],
    ["count", countForm(5), [1, 5], [0, 6, 1.5, "1"]],
    ["choice", choiceForm(false, "sign"), [false, "sign"], [true, "Sign", null]],
    ["nullable", nullable(numberForm), [null, 1], ["null"]],
    ["either", eitherForm(numberForm, choiceForm("a")), [1, "a"], ["b", null]],
    ["list", listForm(countForm(9), 2), [[], [1, 2]], [[1, 2, 3], [0], Float32Array.of(1), 1]],
    ["record", pair, [{ a: 1 }, { a: 1, b: "y" }], [{}, { b: "x" }, { a: 1, c: 2 }, [], null]],
    [
      "schedule",
      scheduleForm,
      [1, "lin_1e-3", { kind: "linear", initial: 1, final: 0 }, { kind: "piecewise", points: [[0, 1]] }],
      ["cos_1", { kind: "constant" }, { kind: "code", value: 1 }, `lin_${"9".repeat(50)}`],
    ],
  ])("%s fits what it says", (_, form, good, bad) => {
    expect(good.filter((value) => !form.fits(value))).toEqual([]);
    expect(bad.filter((value) => form.fits(value))).toEqual([]);
  });

  it("do not take fields of the prototype for their own", () => {
    expect(pair.fits(JSON.parse('{"a":1,"toString":1}'))).toBe(false);
    expect(pair.fits(JSON.parse('{"a":1,"__proto__":{"b":"x"}}'))).toBe(false);
  });
});

describe("readSavedOptions", () => {
  const defaults = { rate: 1, clip: null, name: "a", flag: false };

  it("reads known names in their forms, or those of their defaults", () => {
    const given = { rate: 2, clip: "sign", name: "b", flag: true };
    expect(readSavedOptions(given, defaults, { clip: choiceForm("sign") })).toEqual(given);
  });

  it("names what is unknown or of another form, and leaves out what is passed again", () => {
    const read = (given: StateTree, replaced = {}) => readSavedOptions(given, defaults, {}, replaced);
    expect(() => read({ code: 1 })).toThrow(
      /config.hyperparameters.code": is not an option.*rate, clip, name, flag/,
    );
    expect(() => read({ rate: "2" })).toThrow(
      /rate": expected a number, received "2"; if it is meant, give rate again/,
    );
    expect(() => read({ name: "x".repeat(101) })).toThrow(/expected a short text/);
    expect(read({ rate: "2", flag: true }, { rate: 5 })).toEqual({ flag: true });
    expect(() => read([])).toThrow(CheckpointError);
  });
});

describe("readRecord and shown", () => {
  it("name the field, and show values shortly", () => {
    expect(() => readRecord("config.model", undefined)).toThrow(
      /"config.model": expected a record, received nothing/,
    );
    expect([[1], { a: 1 }, Float32Array.of(1, 2), "x", Number.NaN, null].map(shown)).toEqual([
      "a list",
      "a record",
      "an array of 2",
      '"x"',
      "NaN",
      "null",
    ]);
    expect(shown("y".repeat(200)).length).toBeLessThan(90);
  });
});
