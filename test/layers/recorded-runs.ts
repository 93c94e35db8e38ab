import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { casesOf, type OracleCase } from "../../scripts/oracles/case.js";
import { checkCase } from "../../scripts/oracles/check-case.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

/**
 * Compares recorded runs of the Python package ncps 1.0.1 (PyTorch, and the Keras and TensorFlow sources), values
 * rounded to nine decimals: outputs, final state and all gradients, on every backend. Returns the cases.
 */
export function describeRecordedRuns(title: string, names: readonly string[]): OracleCase[] {
  const cases = names.flatMap((name) =>
    casesOf(JSON.parse(readFileSync(`test/fixtures/oracles/${name}.json`, "utf8"))),
  );
  describe.each(["wasm", "cpu"] as const)(`${title} on %s`, (backend) => {
    beforeAll(async () => {
      await useBackend(backend);
    });

    it.each(cases.map((oracle) => [oracle.tag, oracle] as const))("%s", (_, oracle) => {
      checkCase(oracle); // creates the constants that are kept
      const before = tf.memory().numTensors;
      const result = checkCase(oracle);
      expect(tf.memory().numTensors).toBe(before);
      if ("unsupported" in result) throw new Error(result.unsupported);
      expect(result.outputError).toBeLessThan(1e-5);
      expect(result.gradientError).toBeLessThan(1e-5);
    });
  });
  return cases;
}
