import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adam, compile, InvalidArgumentError, InvalidStateError, SGD, useBackend } from "../../src/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});
afterEach(() => tf.setBackend("wasm"));

const x = { values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
const reasonsOf = (step: { report(): { plans: readonly { reasons: readonly string[] }[] } }) =>
  step
    .report()
    .plans.flatMap(({ reasons }) => reasons)
    .join("; ");

describe("compile: what cannot be compiled runs as it is, and says why", () => {
  it("values that are read", () => {
    const step = compile<{ a: typeof x }, { b: tf.Tensor }>(({ a }) => {
      const [first] = a.dataSync();
      return { b: tf.mul(a, first > 0 ? 2 : 3) };
    });
    for (let i = 0; i < 3; i++) {
      const { b } = step.read({ a: x }) as { b: Float32Array };
      expect([...b]).toEqual([2, 4, 6, 8]);
    }
    expect(reasonsOf(step)).toMatch(/a value was read/);
    expect(step.report()).toMatchObject({ calls: 3, compiledCalls: 0 });
  });

  it("constants that change", () => {
    let count = 0;
    const step = compile<{ a: typeof x }, { b: tf.Tensor }>(({ a }) => ({
      b: tf.add(a, tf.scalar(count++)),
    }));
    const { b } = step.read({ a: x }) as { b: Float32Array };
    expect(b[0]).toBeGreaterThanOrEqual(1);
    expect(reasonsOf(step)).toMatch(/changed between two calls: make it an input/);
  });

  it("variables that are replaced at every call", () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const step = compile<{ by: number }, { b: tf.Tensor }>(({ by }) => ({ b: tf.mul(weight, by) }));
    for (let i = 0; i < 40; i++) {
      tf.tidy(() => weight.assign(tf.tensor1d([i])));
      expect([...(step.read({ by: 2 }) as { b: Float32Array }).b]).toEqual([2 * i]);
    }
    expect(reasonsOf(step)).toMatch(/variables are replaced between the calls/);
    weight.dispose();
    step.dispose();
  });

  it("backends other than wasm", async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    const step = compile<{ a: typeof x; by: number }, { b: tf.Tensor }>(({ a, by }) => ({
      b: tf.mul(a, by),
    }));
    const { b } = step.read({ a: x, by: 3 }) as { b: Float32Array };
    expect([...b]).toEqual([3, 6, 9, 12]);
    expect(step.report()).toMatchObject({ compiledCalls: 0, plans: [] });
  });
});

describe("compile: safety", () => {
  it("numbers are inputs: schedules do not make new plans", () => {
    const step = compile<{ a: typeof x; by: number }, { b: tf.Tensor }>(({ a, by }) => ({
      b: tf.mul(a, by),
    }));
    for (let by = 0; by < 5; by++) {
      const { b } = step.read({ a: x, by }) as { b: Float32Array };
      expect([...b]).toEqual([by, 2 * by, 3 * by, 4 * by]);
    }
    expect(step.report().plans.length).toBe(1);
  });

  it("arrays of whole numbers of 32 bits are integers, all others floats", () => {
    type Inputs = { a: { values: Int32Array | Uint32Array | Uint8Array; shape: number[] } };
    const step = compile<Inputs, { b: tf.Tensor }>(({ a }) => ({ b: tf.add(a, tf.scalar(1, a.dtype)) }));
    const dtypes = [Int32Array, Uint32Array, Uint8Array].map((Type) => {
      const inputs = { a: { values: Type.of(3, 255), shape: [2] } };
      expect([...(step.read(inputs) as { b: Float32Array }).b]).toEqual([4, 256]);
      const { b } = step(inputs);
      expect([...b.dataSync()]).toEqual([4, 256]);
      b.dispose();
      return b.dtype;
    });
    expect(dtypes).toEqual(["int32", "int32", "float32"]);
    expect(step.report()).toMatchObject({ compiledCalls: 6 });
    step.dispose();
  });

  it("keeps a plan for each combination of shapes, and drops the least recently used one", () => {
    const step = compile<{ a: typeof x }, { b: tf.Tensor }>(({ a }) => ({ b: tf.square(a) }), {
      maxPlans: 2,
    });
    for (const n of [1, 2, 3, 1]) {
      const { b } = step.read({ a: { values: new Float32Array(n).fill(3), shape: [n] } as never }) as {
        b: Float32Array;
      };
      expect([...b]).toEqual(Array(n).fill(9));
    }
    expect(step.report().plans.map(({ signature }) => signature)).toEqual(["a: float32[1]", "a: float32[3]"]);
  });

  it("refuses inputs that are none, and calls after dispose", () => {
    const step = compile<{ a: typeof x }, { b: tf.Tensor }>(({ a }) => ({ b: tf.square(a) }));
    expect(() => step.read({ a: "1" as never })).toThrow(InvalidArgumentError);
    expect(() => step.read({ a: { values: x.values, shape: [3] } as never })).toThrow(InvalidArgumentError);
    step.dispose();
    expect(() => step.read({ a: x })).toThrow(InvalidStateError);
  });

  it("errors of the function reach the caller and leave nothing behind", () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const before = tf.memory().numTensors;
    const step = compile<{ a: typeof x }, { b: tf.Tensor }>(({ a }) => {
      weight.assign(tf.tensor1d([5]));
      tf.add(a, 1);
      throw new Error("mine");
    });
    expect(() => step.read({ a: x })).toThrow("mine");
    expect(tf.memory().numTensors).toBe(before);
    expect([...weight.dataSync()]).toEqual([1]);
    weight.dispose();
  });

  it("assigns variables in place, also those whose memory another tensor shares", () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const step = compile<{ by: number }, { sum: tf.Scalar }>(({ by }) => {
      weight.assign(tf.mul(weight, by));
      return { sum: tf.sum(weight) as tf.Scalar };
    });
    expect(step.read({ by: 2 })).toEqual({ sum: 6 });
    const copy = tf.clone(weight);
    expect(step.read({ by: 10 })).toEqual({ sum: 60 });
    expect([...copy.dataSync()]).toEqual([2, 4]);
    expect([...weight.dataSync()]).toEqual([20, 40]);
    weight.assign(tf.tensor1d([1, 1]));
    expect(step.read({ by: 3 })).toEqual({ sum: 6 });
    expect(step.report().compiledCalls).toBe(3);
    tf.dispose([weight, copy]);
  });

  it("steps of optimizers: skipped, stopped, restored, and saved as if they were not compiled", () => {
    for (const make of [() => new Adam(), () => new SGD({ momentum: 0.9 })]) {
      const run = (enabled: boolean) => {
        const w = tf.variable(tf.tensor1d([1, -2, 3]));
        const optimizer = make();
        const step = compile<
          { a: { values: Float32Array; shape: number[] }; learningRate: number },
          Record<string, tf.Tensor>
        >(
          ({ a, learningRate }) =>
            optimizer.minimize(
              () => ({ loss: tf.sum(tf.mul(a, tf.square(w))) as tf.Scalar, size: tf.max(a) as tf.Scalar }),
              { w },
              { learningRate, maxGradNorm: 5, stopWhen: { metric: "size", above: 10 } },
            ),
          { enabled },
        );
        const log: unknown[] = [];
        const call = (values: number[]) => {
          const result = step.read({
            a: { values: Float32Array.from(values), shape: [3] },
            learningRate: 0.1,
          });
          log.push({ ...(result as object) }, [...w.dataSync()], optimizer.getState());
        };
        call([1, 2, 3]);
        call([1, Number.NaN, 3]); // not finite: skipped
        call([1, 20, 3]); // above the limit: stopped
        const state = optimizer.getState();
        call([3, 2, 1]);
        optimizer.setState(state);
        call([3, 2, 1]);
        const { compiledCalls } = step.report();
        tf.dispose([w]);
        step.dispose();
        optimizer.dispose();
        return { log, compiledCalls };
      };
      const [compiled, plain] = [run(true), run(false)];
      expect(compiled.compiledCalls).toBe(5);
      expect(plain.compiledCalls).toBe(0);
      expect(compiled.log.length).toBe(plain.log.length);
      for (const [i, each] of compiled.log.entries()) expectAlike(each, plain.log[i]);
    }
  });

  it("holds no tensors, and a number of calls leaves their number as it is", () => {
    const before = tf.memory().numTensors;
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 3])));
    const optimizer = new Adam();
    const step = compile<{ learningRate: number }, { loss: tf.Scalar; gradNorm: tf.Scalar }>(
      ({ learningRate }) =>
        optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, { w }, { learningRate }),
    );
    step.read({ learningRate: 0.1 });
    const during = tf.memory();
    for (let i = 0; i < 10_000; i++) step.read({ learningRate: 0.1 });
    expect(tf.memory()).toEqual(during);
    step.dispose();
    optimizer.dispose();
    w.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function expectAlike(a: unknown, b: unknown): void {
  if (typeof a === "number") {
    if (Number.isNaN(a)) expect(b).toBeNaN();
    else expect(a).toBeCloseTo(b as number, 5);
  } else if (typeof a === "object" && a !== null) {
    expect(Object.keys(a)).toEqual(Object.keys(b as object));
    for (const [key, value] of Object.entries(a)) expectAlike(value, (b as Record<string, unknown>)[key]);
  } else expect(a).toBe(b);
}
