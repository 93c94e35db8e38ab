import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { freesOnFailure } from "../../../packages/tfjs-training/src/wasm/memory/failed-call.js";
import type { WasmBackend } from "../../../packages/tfjs-training/src/wasm/memory/heap.js";
import { CfCCell } from "../../../src/cells/cfc-cell.js";
import { LTCCell } from "../../../src/cells/ltc-cell.js";
import { MixedMemoryCell } from "../../../src/cells/mixed-memory-cell.js";
import { WiredCfCCell } from "../../../src/cells/wired-cfc-cell.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../../src/wirings/auto-ncp.js";

beforeAll(async () => {
  await useBackend("wasm");
});

/** Lets the allocations of the backend fail, starting with the given one, while `run` executes. */
function withFailure(backend: WasmBackend, allocations: number, run: () => void): boolean {
  const { wasm } = backend;
  const allocate = wasm._malloc;
  let left = allocations;
  wasm._malloc = Object.assign((bytes: number) => {
    if (left-- <= 0) throw new Error("no memory, as the test asked for");
    return allocate(bytes);
  }, allocate);
  try {
    run();
    return false;
  } catch (error) {
    expect(String(error)).toContain("as the test asked for");
    return true;
  } finally {
    wasm._malloc = allocate;
  }
}

// Tensors that tfjs's tape saves remain when the function throws, on every backend: they are freed here to see the
// rest.
function freeTape(): void {
  for (const { saved } of tf.engine().state.activeTape ?? []) tf.dispose(saved as unknown as tf.Tensor[]);
}

/** Fails at one allocation after another until all have been tried; each time nothing may remain. */
function expectNoLeaks(compute: () => tf.Tensor[]): void {
  const backend = tf.backend() as unknown as WasmBackend & { numDataIds(): number };
  const numbers = () => tf.tidy(() => compute().map((tensor) => tensor.dataSync().slice()));
  const expected = numbers();
  const before = { tensors: tf.memory().numTensors, data: backend.numDataIds() };
  let failures = 0;
  while (withFailure(backend, failures, () => tf.dispose(tf.tidy(compute)))) {
    freeTape();
    const after = { tensors: tf.memory().numTensors, data: backend.numDataIds() };
    expect(after, `after ${failures} allocations`).toEqual(before);
    failures++;
  }
  expect(failures).toBeGreaterThan(1);
  expect(numbers()).toEqual(expected);
}

const ramp = (shape: number[]) => {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.reshape(tf.sin(tf.range(0, size)), shape);
};

describe("a kernel that fails leaks no memory", () => {
  it.each<[string, () => tf.Tensor[]]>([
    ["SplitV", () => tf.split(ramp([9, 9]), 3, 1)],
    ["Unpack", () => tf.unstack(ramp([4, 9]))],
    [
      "DepthwiseConv2dNative with an explicit border",
      () => [
        tf.depthwiseConv2d(
          ramp([2, 15, 15, 5]) as tf.Tensor4D,
          tf.ones([3, 3, 5, 2]),
          3,
          1,
          "NHWC",
          1,
          "ceil",
        ),
      ],
    ],
    [
      "convolutions with gradients",
      () => {
        const [x, filter] = [ramp([2, 20, 20, 8]), ramp([3, 3, 8, 16])];
        return tf.grads((x, filter) =>
          tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"))),
        )([x, filter]);
      },
    ],
  ])("%s", (_, compute) => {
    expectNoLeaks(compute);
  });

  const wiring = () => new AutoNCP({ units: 12, outputSize: 2, seed: 1 });
  it.each<[string, () => CfCCell | WiredCfCCell | MixedMemoryCell | LTCCell]>([
    ["CfCScan", () => new CfCCell({ units: 7, backboneUnits: 9, seed: 1 })],
    ["WiredCfCScan", () => new WiredCfCCell({ wiring: wiring(), seed: 1 })],
    ["MixedCfCScan", () => new MixedMemoryCell({ cell: new CfCCell({ units: 7, seed: 1 }), seed: 1 })],
    ["LTCScan", () => new LTCCell({ wiring: wiring(), seed: 1 })],
  ])("%s with its gradients", (_, make) => {
    const cell = make();
    cell.build(3);
    const [x, state] = [ramp([5, 4, 3]) as tf.Tensor3D, cell.initialState(5)];
    expectNoLeaks(() => {
      const gradients = tf.grads((x, state) => {
        const scanned = cell.scan({ x: x as tf.Tensor3D, state: state as tf.Tensor2D });
        return tf.add(tf.sum(tf.square(scanned.outputs)), tf.sum(scanned.state)) as tf.Scalar;
      });
      return gradients([x, state]);
    });
    tf.dispose([x, state]);
    cell.dispose();
  });

  it("keeps the tensors that a nested call created and returned", () => {
    const backend = tf.backend() as unknown as WasmBackend & { numDataIds(): number };
    const before = backend.numDataIds();
    const inner = freesOnFailure((call: { backend: WasmBackend }) => call.backend.makeOutput([3], "float32"));
    const outer = freesOnFailure((call: { backend: WasmBackend }) => {
      inner(call);
      expect(backend.numDataIds()).toBe(before + 1);
      throw new Error("late");
    });
    expect(() => outer({ backend })).toThrow("late");
    expect(backend.numDataIds()).toBe(before);
  });
});

describe("tfjs after an error within gradients within tidy", () => {
  it.each(["forward", "backward"])("continues to work: error in the %s pass", (pass) => {
    const { state } = tf.engine();
    const depths = () => [state.gradientDepth, state.kernelDepth, state.scopeStack.length];
    const outside = depths();
    const others = tf.memory().numTensors;
    const x = tf.tensor1d([1, -2, 3]);
    const fails = tf.customGrad((...given) => {
      if (pass === "forward") throw new Error("in the middle");
      const value = tf.square(given[0] as tf.Tensor);
      return {
        value,
        gradFunc: () => {
          throw new Error("in the middle");
        },
      };
    });
    const wrong = () => tf.tidy(() => tf.grad((x) => tf.sum(tf.mul(x, fails(tf.mul(x, 2)))))(x));
    expect(wrong).toThrow("in the middle");
    expect(depths()).toEqual(outside);
    freeTape();
    expect(tf.memory().numTensors).toBe(1 + others);
    const gradient = () => Array.from(tf.tidy(() => tf.grad((x) => tf.sum(tf.square(x)))(x)).dataSync());
    expect(tf.tidy(gradient)).toEqual([2, -4, 6]);
    expect(tf.memory().numTensors).toBe(1 + others);
    x.dispose();
  });
});
