// Recorded runs of the Python package ncps 1.0.1: their parameters are loaded, run and written back.
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { casesOf, flatten, type OracleCase } from "../../scripts/oracles/case.js";
import { checkCase, prepareOf } from "../../scripts/oracles/check-case.js";
import { isTorch } from "../../scripts/oracles/subject.js";
import {
  kerasWeights,
  loadKerasWeights,
  loadTorchWeights,
  type NamedArrays,
  readArrays,
  torchWeights,
  writeNpz,
} from "../../src/bridges/index.js";
import { writeSafetensors } from "../../src/checkpoints/safetensors.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

const files = ["torch-cfc", "keras-cfc", "wired-and-mixed", "ltc"];
const cases = files.flatMap((name) =>
  casesOf(JSON.parse(readFileSync(`test/fixtures/oracles/${name}.json`, "utf8"))),
);

function recorded({ params }: OracleCase): NamedArrays {
  return new Map(
    Object.entries(params).map(([name, { shape, value }]) => [
      name,
      { shape, data: Float32Array.from(flatten(value)) },
    ]),
  );
}

function sorted(arrays: NamedArrays): unknown {
  return Object.fromEntries([...arrays].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("recorded parameters", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it.each(cases.map((oracle) => [oracle.tag, oracle] as const))("%s", (_, oracle) => {
    const result = checkCase(oracle);
    if ("unsupported" in result) throw new Error(result.unsupported);
    expect(result.outputError).toBeLessThan(1e-5);
    expect(result.gradientError).toBeLessThan(1e-5);

    const subject = prepareOf(oracle)(oracle);
    if ("unsupported" in subject) throw new Error(subject.unsupported);
    const { layer } = subject;
    const arrays = recorded(oracle);
    const [load, weights] = isTorch(oracle)
      ? ([loadTorchWeights, torchWeights] as const)
      : ([loadKerasWeights, kerasWeights] as const);
    const before = tf.memory().numTensors;
    for (const bytes of [writeNpz(arrays), writeSafetensors(arrays)]) {
      for (const variable of layer.variables.values()) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
      load(layer, readArrays(bytes));
      expect(sorted(weights(layer))).toEqual(sorted(arrays));
    }
    expect(tf.memory().numTensors).toBe(before);
    layer.dispose();
  });
});
