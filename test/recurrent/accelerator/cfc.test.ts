import * as tf from "@tensorflow/tfjs-core";
import type { ProductRuntime } from "tfjs-training/wasm";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  installAccelerator,
  removeAccelerator,
} from "../../../packages/tfjs-training/src/node/accelerator.js";
import type { WasmBackend } from "../../../packages/tfjs-training/src/wasm/memory/heap.js";
import { productEngine, setProductEngine } from "../../../packages/tfjs-training/src/wasm/products/gemm.js";
import { relativeError } from "../../../packages/tfjs-training/test/compare.js";
import { checkCfC } from "../../../src/recurrent/accelerator/check-cfc.js";
import { RuntimeCfC } from "../../../src/recurrent/accelerator/runtime-cfc.js";
import type { CfCActivation } from "../../../src/recurrent/ops/activations.js";
import type { CfCFlavour, CfCMode } from "../../../src/recurrent/ops/cfc-problem.js";
import { cfcScan } from "../../../src/recurrent/ops/cfc-scan.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import type { CfCEngine, CfCLoop } from "../../../src/recurrent/wasm/cfc-engine.js";
import { describeOptional, missingPackage } from "../../optional.js";

const missing = missingPackage("onnxruntime-node");

let runtime: ProductRuntime;
// Accepts loops of any size.
let engine: RuntimeCfC;

beforeAll(async () => {
  if (missing) return;
  await useBackend("cpu");
  await useBackend("wasm");
  await installAccelerator();
  runtime = (productEngine() as unknown as { runtime: ProductRuntime }).runtime;
  engine = new RuntimeCfC(runtime, { minWork: 0 });
});

afterAll(() => removeAccelerator());

const wasm = () => tf.backend() as unknown as WasmBackend;
const use = (cfc: CfCEngine | undefined) => setProductEngine({ multiply: () => false, extensions: { cfc } });

interface Variant {
  mode?: CfCMode;
  flavour?: CfCFlavour;
  activation?: CfCActivation;
  layers?: number;
  timed?: boolean;
  masked?: boolean;
  dropout?: boolean;
  /** Called between the passes. */
  between?: () => void;
}

const [B, T, F, U, W] = [5, 7, 6, 9, 11];

/** Loss and all gradients. */
function results(variant: Variant): tf.TypedArray[] {
  const { mode = "default", flavour = "torch", activation = "lecun_tanh", between } = variant;
  const { layers = 1, timed = false, masked = false, dropout = false } = variant;
  return tf.tidy(() => {
    let seed = 1;
    const random = <R extends tf.Rank>(shape: number[], scale = 1) =>
      tf.randomNormal<R>(shape as tf.ShapeMap[R], 0, scale, "float32", seed++);
    const backbone = Array.from({ length: layers }, (_, i) => ({
      kernel: random<tf.Rank.R2>([i ? W + i - 1 : F + U, W + i], 0.4),
      bias: random<tf.Rank.R1>([W + i]),
    }));
    const columns = (mode === "pure" ? 1 : 4) * U;
    const heads = { kernel: random<tf.Rank.R2>([W + layers - 1, columns], 0.3), bias: random([columns]) };
    const pure = mode === "pure" ? [tf.abs(random([U])), random([U])] : [];
    const elapsed = timed ? [tf.abs(random([B, T]))] : [];
    const flags = (share: number) =>
      tf.cast(tf.less(tf.randomUniform([B, T], 0, 1, "float32", seed++), share), "float32");
    const options = masked ? { resets: flags(0.2), mask: flags(0.8) } : {};
    const factors = dropout
      ? { dropout: [tf.mul(flags(0.5), 2)].map((x) => tf.tile(tf.expandDims(x, 2), [1, 1, W])) }
      : {};
    const [dOutputs, dState] = [random([B, T, U]), random([B, U])];
    const weights = [...backbone, heads].flatMap(({ kernel, bias }) => [kernel, bias]);
    const loss = (...given: tf.Tensor[]) => {
      const [x, state, ...rest] = given;
      const layer = (i: number) => ({
        kernel: rest[2 * i] as tf.Tensor2D,
        bias: rest[2 * i + 1] as tf.Tensor1D,
      });
      const [wTau, a] = rest.slice(2 * layers + 2) as tf.Tensor1D[];
      const scan = cfcScan({
        x: x as tf.Tensor3D,
        state: state as tf.Tensor2D,
        weights: {
          backbone: backbone.map((_, i) => layer(i)),
          heads: layer(layers),
          ...(mode === "pure" && { wTau, a }),
        },
        ...{ mode, flavour, activation },
        elapsed: timed ? (given[given.length - 1] as tf.Tensor2D) : 0.8,
        ...options,
        ...(factors as object),
      });
      between?.();
      return tf.add(tf.sum(tf.mul(scan.outputs, dOutputs)), tf.sum(tf.mul(scan.state, dState))) as tf.Scalar;
    };
    const args = [random([B, T, F]), random([B, U]), ...weights, ...pure, ...elapsed] as tf.Tensor[];
    const { value, grads } = tf.valueAndGrads(loss)(args);
    return [value, ...grads].map((tensor) => tensor.dataSync());
  });
}

function expectSame(actual: tf.TypedArray[], expected: tf.TypedArray[]): void {
  expect(actual.length).toBe(expected.length);
  // The first one is a sum of numbers of both signs.
  expect(Math.abs(actual[0][0] - expected[0][0])).toBeLessThan(1e-4);
  for (let i = 1; i < actual.length; i++) expect(relativeError(actual[i], expected[i])).toBeLessThan(1e-5);
}

describeOptional("CfC loops in the runtime", missing, () => {
  const modes = ["default", "no_gate"] as const;
  const flavours = ["torch", "tf"] as const;
  const variants = modes.flatMap((mode) =>
    flavours.flatMap((flavour) =>
      (["lecun_tanh", "tanh", "relu"] as const).map((activation) => ({ mode, flavour, activation })),
    ),
  );
  it.each(variants)(
    "give the compiled kernels' results and gradients: $mode, $flavour, $activation",
    (kind) => {
      for (const timed of [false, true]) {
        for (const masked of [false, true]) {
          for (const layers of [1, 2]) {
            const variant = { ...kind, timed, masked, layers };
            use(engine);
            const actual = results(variant);
            use(undefined);
            expectSame(actual, results(variant));
          }
        }
      }
    },
  );

  it("agree with the cpu backend, including padded steps and times", async () => {
    use(engine);
    const actual = results({ timed: true, masked: true });
    await tf.setBackend("cpu");
    const expected = results({ timed: true, masked: true });
    await tf.setBackend("wasm");
    expectSame(actual, expected);
  });

  it("run their backward pass in the engine that ran the forward pass", () => {
    use(undefined);
    const expected = results({ masked: true });
    use(engine);
    expectSame(results({ masked: true, between: () => use(undefined) }), expected);
    expectSame(results({ masked: true, between: () => use(engine) }), expected);
  });

  it.each([{ mode: "pure" }, { activation: "gelu" }, { activation: "silu" }, { dropout: true }] as Variant[])(
    "stay on the compiled kernels if the runtime has no model: %o",
    (variant) => {
      use(undefined);
      const expected = results(variant);
      use(new RuntimeCfC({ ...runtime, load: () => expect.unreachable() }, { minWork: 0 }));
      const actual = results(variant);
      for (let i = 0; i < expected.length; i++) expect(actual[i]).toEqual(expected[i]);
    },
  );

  it("require enough work per step", () => {
    const loop: CfCLoop = {
      ...{ batch: 32, steps: 32, units: 64, widths: [128], activation: 0 },
      ...{ gated: true, bounded: true, timed: false, resets: false, masked: false, record: true },
    };
    const chosen = new RuntimeCfC(runtime);
    expect(chosen.accepts(loop)).toBe(true);
    expect(chosen.accepts({ ...loop, batch: 16 })).toBe(false);
    expect(chosen.accepts({ ...loop, batch: 8, widths: [1024] })).toBe(false);
    expect(chosen.accepts({ ...loop, batch: 24 })).toBe(true);
    expect(chosen.accepts({ ...loop, batch: 24, masked: true })).toBe(false);
    expect(chosen.accepts({ ...loop, units: 16, widths: [32] })).toBe(false);
    expect(chosen.accepts({ ...loop, batch: 10_000, widths: [] })).toBe(false);
  });

  it("treat resets and masks without effect as none", () => {
    const loops: CfCLoop[] = [];
    use({
      accepts: (loop) => loops.push(loop) > 0,
      forward: engine.forward.bind(engine),
      backward: engine.backward.bind(engine),
    });
    const scan = (reset: number, runs: number) =>
      tf.tidy(() => {
        const kernel = (rows: number, columns: number) => ({
          kernel: tf.zeros<tf.Rank.R2>([rows, columns]),
          bias: tf.zeros<tf.Rank.R1>([columns]),
        });
        cfcScan({
          x: tf.zeros([B, T, F]),
          state: tf.zeros([B, U]),
          weights: { backbone: [kernel(F + U, W)], heads: kernel(W, 4 * U) },
          resets: tf.fill([B, T], reset),
          mask: tf.fill([B, T], runs),
        });
      });
    scan(0, 1);
    scan(1, 1);
    scan(0, 0);
    expect(loops.map(({ resets, masked }) => [resets, masked])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it("leak no tensors and no heap memory", () => {
    use(engine);
    results({ masked: true, timed: true });
    const { numTensors } = tf.memory();
    const heap = wasm().wasm.HEAPU8.length;
    for (let i = 0; i < 50; i++) results({ masked: true, timed: true });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(wasm().wasm.HEAPU8.length).toBe(heap);
  });
});

describeOptional("checkCfC", missing, () => {
  it("accepts the runtime, and restores the engine", () => {
    use(engine);
    const before = productEngine();
    expect(checkCfC(wasm(), engine)).toBeUndefined();
    expect(productEngine()).toBe(before);
  });

  it("detects missing results of either pass", () => {
    const { forward, backward } = engine;
    const parts = {
      accepts: () => true,
      forward: forward.bind(engine),
      backward: backward.bind(engine),
    };
    expect(checkCfC(wasm(), { ...parts, forward: () => {} })).toContain("a CfC without times differs by");
    expect(checkCfC(wasm(), { ...parts, backward: () => {} })).toContain("a CfC without times differs by");
    const timeless: CfCEngine = {
      ...parts,
      forward: (backend, loop, addresses) => parts.forward(backend, { ...loop, resets: false }, addresses),
    };
    expect(checkCfC(wasm(), timeless)).toContain("differs by");
  });
});
