import { expect, it } from "vitest";
import { CfC } from "../../src/layers/cfc.js";
import { cartPolePPO, PPOTrainer } from "../../src/trainers/index.js";

it("says what to call when no backend is active", () => {
  const missing = expect.objectContaining({
    code: "BACKEND",
    message: expect.stringContaining("useBackend()"),
  });
  expect(() => new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1" })).toThrow(missing);
  expect(() => new CfC({ units: 2 }).build([null, null, 3])).toThrow(missing);
});
