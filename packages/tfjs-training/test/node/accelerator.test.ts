import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOptional, missingPackage } from "../../../../test/optional.js";
import { checkProducts, type ProductRuntime, RuntimeProducts } from "../../src/accelerator/index.js";
import { useBackend } from "../../src/index.js";
import { installAccelerator, removeAccelerator } from "../../src/node/accelerator.js";
import type { WasmBackend } from "../../src/wasm/memory/heap.js";
import { gemm, type ProductEngine, productEngine, setProductEngine } from "../../src/wasm/products/gemm.js";
import { expectAgreement, relativeError } from "../compare.js";
import { Random } from "../random.js";

const missing = missingPackage("onnxruntime-node");

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

afterAll(() => removeAccelerator());

const wasm = () => tf.backend() as unknown as WasmBackend;

describeOptional("with onnxruntime-node", missing, () => {
  it("is found, tested and installed", async () => {
    const choice = await installAccelerator();
    expect(choice).toMatchObject({ name: "onnxruntime-node", version: "1.30.0" });
    expect(choice.reason).toContain("1.30.0 on one thread");
    expect(productEngine()).toBeInstanceOf(RuntimeProducts);
  });

  it("products of random sizes agree with the cpu backend, with gradients", async () => {
    await installAccelerator();
    const random = new Random(3);
    for (let i = 0; i < 12; i++) {
      const [m, n, k] = [1, 2, 3].map(() => 1 + random.integer(150));
      const [tA, tB] = [random.integer(2) === 1, random.integer(2) === 1];
      await tf.setBackend("wasm");
      await expectAgreement([tA ? [k, m] : [m, k], tB ? [n, k] : [k, n]], (a, b) =>
        tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, tA, tB),
      );
    }
  });

  it("computes large products, but not small ones, vectors and non-contiguous rows", async () => {
    await tf.setBackend("wasm");
    await installAccelerator();
    const engine = productEngine()!;
    const area = wasm().makeOutput([1 << 19], "float32");
    const a = wasm().dataIdMap.get(area.dataId).memoryOffset;
    const takes = (m: number, n: number, k: number, lda = k) =>
      engine.multiply(wasm(), {
        ...{ m, n, k, lda, ldb: n, a, b: a + 65536, c: a + 131072 },
        ...{ transposeA: false, transposeB: false, accumulate: false },
      });
    expect(takes(128, 128, 128)).toBe(true);
    expect(takes(8, 8, 8)).toBe(false);
    expect(takes(128, 128, 64, 65)).toBe(false);
    expect(takes(1, 128, 4096)).toBe(false);
    expect(takes(512, 512, 4)).toBe(false);
    wasm().disposeData(area.dataId);
  });

  it("products at the points of convolutions agree with the compiled kernels", async () => {
    await tf.setBackend("wasm");
    const x = tf.randomUniform<tf.Rank.R4>([64, 20, 20, 32], -1, 1, "float32", 1);
    const filter = tf.randomUniform<tf.Rank.R4>([4, 4, 32, 64], -1, 1, "float32", 2);
    const loss = (x: tf.Tensor, f: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, "valid"))) as tf.Scalar;
    const run = () =>
      tf.tidy(() =>
        tf
          .grads(loss)([x, filter])
          .map((gradient) => gradient.dataSync()),
      );
    removeAccelerator();
    const expected = run();
    await installAccelerator();
    let batches = 0;
    const installed = productEngine()!;
    setProductEngine({
      multiply: (backend, product) => installed.multiply(backend, product),
      multiplyMany: (backend, batch) => {
        batches++;
        return installed.multiplyMany!(backend, batch);
      },
    });
    run().forEach((gradient, i) => {
      expect(relativeError(gradient as Float32Array, expected[i] as Float32Array)).toBeLessThan(1e-5);
    });
    expect(batches).toBeGreaterThan(3);
  });

  it("is deterministic", async () => {
    await tf.setBackend("wasm");
    await installAccelerator();
    const a = tf.randomUniform([200, 300], -1, 1, "float32", 1);
    const b = tf.randomUniform([300, 100], -1, 1, "float32", 2);
    const first = tf.matMul(a, b).dataSync();
    for (let i = 0; i < 5; i++) expect(tf.matMul(a, b).dataSync()).toEqual(first);
  });

  it("leaves no garbage, whatever the size of a product", async () => {
    await tf.setBackend("wasm");
    await installAccelerator();
    const a = tf.randomUniform([512, 32], -1, 1, "float32", 1);
    for (const columns of [128, 512]) {
      const b = tf.randomUniform([32, columns], -1, 1, "float32", 2);
      tf.dispose(tf.matMul(a, b));
      const before = process.memoryUsage().arrayBuffers;
      for (let i = 0; i < 40; i++) tf.dispose(tf.matMul(a, b));
      // 10 and 40 MB, if all were kept
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e6);
    }
  });

  it("works after the heap has grown", async () => {
    await tf.setBackend("wasm");
    await installAccelerator();
    const a = tf.ones([128, 128]);
    const before = tf.sum(tf.matMul(a, a)).dataSync()[0];
    const large = tf.zeros([1 << 26]); // 256 MB
    expect(tf.sum(tf.matMul(a, a)).dataSync()[0]).toBe(before);
    large.dispose();
  });

  it("can be removed", async () => {
    await installAccelerator();
    removeAccelerator();
    expect(productEngine()).toBeUndefined();
  });
});

describe("falls back to the compiled kernels, with the reason", () => {
  const packages: Record<string, object | undefined> = {
    "onnxruntime-node/dist/version.js": { version: "1.30.0" },
    "onnxruntime-node": {},
  };
  const install = (changed: Record<string, object>) =>
    installAccelerator({}, async (name) => {
      const module = { ...packages, ...changed }[name];
      if (!module) throw new Error(`Cannot find package '${name}'`);
      return module;
    });

  it("on another backend", async () => {
    await tf.setBackend("cpu");
    expect((await installAccelerator()).reason).toContain("only the wasm backend");
    await tf.setBackend("wasm");
  });

  it("when the version is unknown", async () => {
    const choice = await install({ "onnxruntime-node/dist/version.js": { version: "9.9.9" } });
    expect(choice).toMatchObject({ name: "none", version: "9.9.9" });
    expect(choice.reason).toContain("only 1.30.0");
    expect(productEngine()).toBeUndefined();
  });

  it("when it is not installed", async () => {
    const choice = await installAccelerator({}, () => Promise.reject(new Error("Cannot find package")));
    expect(choice.version).toBeUndefined();
    expect(choice.reason).toContain("npm install onnxruntime-node@1.30.0");
  });

  it("when its native part does not load", async () => {
    expect((await install({})).reason).toContain("1.30.0 does not load: Cannot find package");
  });

  it("when its results are wrong", async () => {
    class InferenceSession {
      loadModel() {}
      run() {
        return {};
      }
    }
    const inner = { binding: { InferenceSession }, initOrt() {} };
    const Tensor = class {};
    const choice = await install({
      "onnxruntime-node/dist/binding.js": inner,
      "onnxruntime-node": { Tensor },
    });
    expect(choice.name).toBe("none");
    expect(choice.reason).toContain("differs by");
    expect(productEngine()).toBeUndefined();
  });

  it("when it throws", async () => {
    class InferenceSession {
      loadModel() {}
      run() {
        throw new Error("Invalid dimensions");
      }
    }
    const choice = await install({
      "onnxruntime-node/dist/binding.js": { binding: { InferenceSession }, initOrt() {} },
      "onnxruntime-node": { Tensor: class {} },
    });
    expect(choice.reason).toBe("onnxruntime-node 1.30.0: Invalid dimensions");
    expect(productEngine()).toBeUndefined();
  });
});

describeOptional("useBackend with onnxruntime-node", missing, () => {
  it("installs it once ncps-ts/node is imported, and removes it", async () => {
    await import("../../src/node/index.js");
    const choice = await useBackend("wasm");
    expect(choice.accelerator).toMatchObject({ name: "onnxruntime-node", version: "1.30.0" });
    expect(choice.report).toContain("and onnxruntime-node 1.30.0");
    expect(productEngine()).toBeInstanceOf(RuntimeProducts);
    const plain = await useBackend("wasm", { accelerator: false });
    expect(plain.report).toContain("no accelerator (switched off)");
    expect(productEngine()).toBeUndefined();
    const two = await useBackend("wasm", { accelerator: { threads: 2 } });
    expect(two.accelerator?.reason).toContain("on 2 threads");
  });
});

describe("the self-test", () => {
  const own: ProductEngine = {
    multiply(backend, product) {
      gemm(backend, product);
      return true;
    },
  };

  it("accepts the compiled kernels", () => {
    expect(checkProducts(wasm(), own)).toBeUndefined();
  });

  it("detects swapped factors, a missing sum, NaN and missing results", () => {
    setProductEngine(undefined);
    const wrong = (change: (p: Parameters<ProductEngine["multiply"]>[1]) => object): ProductEngine => ({
      multiply: (backend, product) => own.multiply(backend, { ...product, ...change(product) }),
    });
    expect(
      checkProducts(
        wasm(),
        wrong(() => ({ accumulate: false })),
      ),
    ).toContain("added differs by");
    expect(
      checkProducts(
        wasm(),
        wrong((p) => ({ transposeB: !p.transposeB })),
      ),
    ).toContain("differs");
    expect(checkProducts(wasm(), { multiply: () => true })).toContain("differs");
    expect(checkProducts(wasm(), { multiply: () => false })).toContain("was not computed");
    const runtime: ProductRuntime = {
      load: () => ({ run: (_, outputs) => void (outputs.y as Float32Array).fill(Number.NaN) }),
      array: (data) => data,
    };
    expect(checkProducts(wasm(), new RuntimeProducts(runtime, { minWork: 0 }))).toContain("NaN");
    const oneNaN: ProductEngine = {
      multiply(backend, product) {
        own.multiply(backend, product);
        new Float32Array(backend.wasm.HEAPU8.buffer)[product.c / 4] = Number.NaN;
        return true;
      },
    };
    expect(checkProducts(wasm(), oneNaN)).toContain("NaN");
  });

  it("leaks no memory, and restores the engine", async () => {
    await installAccelerator();
    const engine = productEngine();
    const before = tf.engine().backend.numDataIds();
    checkProducts(wasm(), own);
    expect(tf.engine().backend.numDataIds()).toBe(before);
    expect(productEngine()).toBe(engine);
  });
});
