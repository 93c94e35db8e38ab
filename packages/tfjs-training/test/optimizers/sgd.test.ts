import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { SGD } from "../../src/optimizers/index.js";
import { torchSGD } from "./reference.js";
import { expectReference } from "./train.js";

beforeAll(async () => {
  await useBackend("wasm");
});

it.each([
  [0, false],
  [0.9, false],
  [0.9, true],
] as const)("agrees with loops in double precision: momentum %f, nesterov %s", (momentum, nesterov) => {
  expectReference(new SGD({ momentum, nesterov }), { learningRate: 0.1 }, () =>
    torchSGD(0.1, momentum, nesterov),
  );
});

it("rejects a momentum of 1", () => {
  expect(() => new SGD({ momentum: 1 })).toThrow("momentum");
});
