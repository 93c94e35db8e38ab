import type { BackendName } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/recurrent/use-backend.js";
import "../../packages/tfjs-training/src/node/index.js";
import { relativeError } from "../../packages/tfjs-training/test/compare.js";
import {
  type CaseResult,
  operationCases,
  runCase,
  runCases,
} from "../../packages/tfjs-training/test/operation-cases.js";
import { ppoLosses } from "../losses/ppo-losses.js";
import { runTrainings, trainingCases } from "./training-cases.js";

const hasTensorflow = await useBackend("tensorflow").then(
  () => true,
  () => false,
);

const backends: { name: BackendName; skip: boolean }[] = [
  { name: "wasm", skip: false },
  { name: "tensorflow", skip: !hasTensorflow },
];

let reference: {
  cases: Record<string, CaseResult | string>;
  losses: Record<string, number[]>;
  ppo: number[];
};

beforeAll(async () => {
  await useBackend("cpu");
  reference = { cases: await runCases(), losses: (await runTrainings()).losses, ppo: await ppoLosses() };
}, 180_000);

for (const { name, skip } of backends) {
  describe.skipIf(skip)(`${name} as cpu`, () => {
    beforeAll(async () => {
      await useBackend(name);
    });

    it.each([...operationCases.keys()])("%s", async (operation) => {
      const expected = reference.cases[operation];
      expect(expected, "no error on cpu").toBeInstanceOf(Array);
      const actual = await runCase(operationCases.get(operation)!);
      actual.forEach((values, i) => {
        const what = i === 0 ? "output" : `gradient of input ${i - 1}`;
        expect(relativeError(values, expected[i] as number[]), what).toBeLessThan(1e-4);
      });
    });

    it("20 updates of each network give the same losses", async () => {
      const { losses, leaked } = await runTrainings();
      for (const network of trainingCases) {
        expect(losses[network]).toHaveLength(20);
        losses[network].forEach((loss, i) => {
          const difference = Math.abs(loss - reference.losses[network][i]);
          expect(difference, `${network}, update ${i}`).toBeLessThan(1e-4);
        });
      }
      expect(leaked).toBe(0);
    });

    it("PPO gives the same losses", async () => {
      const losses = await ppoLosses();
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - reference.ppo[i]), `update ${i}`).toBeLessThan(1e-4);
      });
    });
  });
}
