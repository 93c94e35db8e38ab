import { describe, expect, it } from "vitest";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { PendulumEnv } from "../../src/envs/classic/pendulum.js";
import type { Env } from "../../src/envs/env.js";
import { Box } from "../../src/spaces/index.js";
import { boxActions } from "../../src/wrappers/box-actions.js";

const withActions = (actionSpace: Box) =>
  Object.assign(Object.create(new PendulumEnv()), { actionSpace }) as Env;

describe("boxActions", () => {
  it("spreads bounds over the elements, as copies", () => {
    const [low, high] = [
      [-1, -2],
      [3, 4],
    ];
    const taken = boxActions(withActionsOf({ low, high }), "Mine");
    expect([[...taken.low], [...taken.high]]).toEqual([low, high]);
    taken.low[0] = 9;
    expect(boxActions(withActionsOf({ low, high }), "Mine").low[0]).toBe(-1);
    const same = boxActions(withActionsOf({ low: -1, high: 1 }), "Mine");
    expect([[...same.low], [...same.high]]).toEqual([
      [-1, -1],
      [1, 1],
    ]);
  });

  it.each(["float32", "float64"] as const)("maps actions into fresh arrays of %s", (dtype) => {
    const { map } = boxActions(withActionsOf({ low: -1, high: 1, dtype }), "Mine");
    const given = Float32Array.of(0.5, 2);
    const changed = map((value, i) => 10 * value + i)(given);
    expect(changed).toEqual(dtype === "float64" ? Float64Array.of(5, 21) : Float32Array.of(5, 21));
    expect([...given]).toEqual([0.5, 2]);
  });

  it("names the wrapper that other spaces do not fit, and actions of another size", () => {
    expect(() => boxActions(new CartPoleEnv(), "Mine")).toThrow(
      /Mine expected actions in a Box.*received discrete/,
    );
    const bytes = withActions(new Box({ low: 0, high: 9, shape: [1], dtype: "uint8" }));
    expect(() => boxActions(bytes, "Mine")).toThrow(/received a box of uint8/);
    const change = boxActions(new PendulumEnv(), "Mine").map((value) => value);
    expect(() => change(new Float32Array(2))).toThrow(/expected an array of 1 numbers, received 2 numbers/);
    expect(() => change(1)).toThrow(/received 1/);
  });
});

function withActionsOf(options: {
  low: number | number[];
  high: number | number[];
  dtype?: "float32" | "float64";
}) {
  return withActions(new Box({ shape: [2], ...options }));
}
