import { describe, expect, it } from "vitest";
import { joinState, splitState } from "../../src/checkpoints/state-tree.js";
import { CheckpointError, InvalidArgumentError } from "../../src/core/errors.js";
import { linearSchedule } from "../../src/core/schedules.js";
import type { StateTree } from "../../src/core/state.js";

// Round trip through JSON text.
function roundTrip(state: StateTree): StateTree {
  const { json, arrays } = splitState(state);
  return joinState({ json: JSON.parse(JSON.stringify(json)), arrays });
}

describe("splitState and joinState", () => {
  it.each<[string, StateTree]>([
    ["plain values", { a: null, b: true, c: false, d: 1.5, e: "text", f: "" }],
    ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0]],
    ["numbers at the edges", [5e-324, Number.MAX_VALUE, 2 ** 53 - 1, 0.1 + 0.2, -1e-7]],
    ["nested lists and records", { a: [{ b: [[]] }, {}], c: { d: { e: [1, [2]] } } }],
    ["keys with a meaning", { $array: 1, $number: "NaN", $$array: 2, $: 3, a: { $array: "x" } }],
    ["texts that look like marks", ["$array", "NaN", '{"$array":"a"}', "\ud800", "\u0000"]],
    ["arrays", { a: Float32Array.of(1, Number.NaN), b: [new Uint8Array(0), { c: Int32Array.of(-1) }] }],
    [
      "paths with the same name",
      { "a.b": Uint8Array.of(1), a: { b: Uint8Array.of(2), "b#": Uint8Array.of(3) } },
    ],
    ["a reserved name", { __metadata__: Uint8Array.of(1), "__metadata__#": Uint8Array.of(2) }],
    ["an array alone", Float64Array.of(1)],
    ["a number alone", Number.NaN],
  ])("restores %s", (_, state) => {
    expect(roundTrip(state)).toStrictEqual(state);
  });

  it("restores keys that are properties of every object", () => {
    const text = '{"__proto__":1,"constructor":{"__proto__":[2]},"toString":3}';
    const back = roundTrip(JSON.parse(text)) as object;
    expect(JSON.stringify(back)).toBe(text);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it("names arrays by their path", () => {
    const { json, arrays } = splitState({ policy: [{ kernel: Float32Array.of(1) }], step: 3 });
    expect([...arrays.keys()]).toEqual(["policy.0.kernel"]);
    expect(json).toEqual({ policy: [{ kernel: { $array: "policy.0.kernel" } }], step: 3 });
  });

  it("stores an array that occurs twice twice", () => {
    const shared = Int32Array.of(1);
    const back = roundTrip({ a: shared, b: shared }) as { a: Int32Array; b: Int32Array };
    expect(back).toEqual({ a: shared, b: shared });
    expect(splitState([shared, shared]).arrays.size).toBe(2);
  });

  it("handles toJSON and undefined fields as JSON does", () => {
    const schedule = linearSchedule({ initial: 1, final: Number.MIN_VALUE });
    const state = { schedule, absent: undefined } as unknown as StateTree;
    expect(roundTrip(state)).toStrictEqual({ schedule: schedule.toJSON() });
  });

  it("rejects what it could not restore, and names the path", () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const wrong: [unknown, string][] = [
      [{ a: [undefined] }, "state.a.0"],
      [{ a: () => 1 }, "state.a"],
      [{ a: { b: new Map() } }, "state.a.b"],
      [{ a: 1n }, "state.a"],
      [{ a: new Int16Array(1) }, "state.a"],
      [[Symbol("x")], "state.0"],
      [cyclic, "state.self"],
    ];
    for (const [state, place] of wrong) {
      expect(() => splitState(state as StateTree)).toThrow(InvalidArgumentError);
      expect(() => splitState(state as StateTree)).toThrow(`${place}:`);
    }
  });

  it("restores 100 nested records, and rejects more in both directions without a stack overflow", () => {
    const nest = (depth: number, leaf: StateTree): StateTree => {
      let state = leaf;
      for (let i = 0; i < depth; i++) state = i % 2 ? { a: state } : [state];
      return state;
    };
    expect(roundTrip(nest(100, Uint8Array.of(1)))).toStrictEqual(nest(100, Uint8Array.of(1)));
    expect(() => splitState(nest(102, 1))).toThrow(InvalidArgumentError);
    expect(() => splitState(nest(50_000, 1))).toThrow(/within at most 100 others/);
    const json = nest(50_000, 1) as Parameters<typeof joinState>[0]["json"];
    expect(() => joinState({ json, arrays: new Map() })).toThrow(CheckpointError);
  });

  it("rejects JSON and arrays that do not match", () => {
    const array = Uint8Array.of(1);
    const cases: [Parameters<typeof joinState>[0], RegExp][] = [
      [{ json: { a: { $array: "a" } }, arrays: new Map() }, /state\.a: there is no array "a"/],
      [{ json: { a: { $array: 5 } }, arrays: new Map() }, /no array 5/],
      [{ json: {}, arrays: new Map([["a", array]]) }, /array "a" does not belong/],
      [{ json: [{ $array: "a" }, { $array: "a" }], arrays: new Map([["a", array]]) }, /state\.1/],
      [{ json: { $number: "12" }, arrays: new Map() }, /unknown number "12"/],
      [{ json: { $date: "x" }, arrays: new Map() }, /unknown mark "\$date"/],
      [{ json: { $array: "a", b: 1 }, arrays: new Map([["a", array]]) }, /unknown mark "\$array"/],
    ];
    for (const [split, message] of cases) {
      expect(() => joinState(split)).toThrow(CheckpointError);
      expect(() => joinState(split)).toThrow(message);
    }
  });
});
