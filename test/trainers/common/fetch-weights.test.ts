import type * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it, vi } from "vitest";
import { fetchWeights } from "../../../src/trainers/common/fetch-weights.js";

const active = vi.hoisted(() => ({ backend: "cpu" }));
vi.mock("@tensorflow/tfjs-core", async (original) => ({
  ...(await original<typeof tf>()),
  getBackend: () => active.backend,
}));

const order: string[] = [];
const weight = (name: string) => ({ data: async () => void order.push(name) }) as unknown as tf.Tensor;
const optimizer = { fetch: async () => void order.push("moments") } as never;

describe("fetchWeights", () => {
  it("has nothing to fetch where tensors can be read at once", () => {
    expect(fetchWeights(optimizer, new Map([["a", weight("a")]]))).toBeUndefined();
    expect(order).toEqual([]);
  });

  it("reads all weights, then the moments, on webgpu", async () => {
    active.backend = "webgpu";
    await fetchWeights(optimizer, new Map([["a", weight("a")]]), new Map([["b", weight("b")]]));
    expect(order).toEqual(["a", "b", "moments"]);
  });
});
