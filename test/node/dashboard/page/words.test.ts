import { expect, it } from "vitest";
import type { Status } from "../../../../src/node/dashboard/message.js";
import {
  detailsOf,
  lostConnection,
  progressOf,
  shortNumber,
  summaryOf,
  tickText,
} from "../../../../src/node/dashboard/page/words.js";

const status: Status = {
  title: "run",
  details: { env: "CartPole-v1", seed: 1, backend: "wasm" },
  ended: false,
};

it("shortNumber keeps four significant digits", () => {
  expect([0.123456, 431.23, 9999, 12_345, -2.5e6, 0].map(shortNumber)).toEqual([
    "0.1235",
    "431.2",
    "9999",
    "12.35k",
    "-2.5M",
    "0",
  ]);
  expect([10_050, 10_100, 1250, 0.00025].map(tickText)).toEqual(["10.05k", "10.1k", "1250", "0.00025"]);
});

it("detailsOf and progressOf describe the training", () => {
  expect(detailsOf(status)).toBe("CartPole-v1 · seed 1 · backend wasm");
  expect(progressOf(status)).toBe("");
  const at = (share: number, secondsLeft: number | null, ended = false) =>
    progressOf({ ...status, progress: { share, secondsLeft }, ended });
  expect([at(0, null), at(0.379, 725), at(1, 0, true)]).toEqual([
    "0 %",
    "37 % · 12m05s left",
    "100 % · training has ended",
  ]);
});

it("summaryOf has the newest metrics, as far as they are known", () => {
  const message = { index: 0, evaluations: 0, evaluated: false, step: 12_345 };
  expect(summaryOf({ ...message, row: {} })).toBe("12,345 steps");
  expect(summaryOf({ ...message, row: { "rollout/ep_rew_mean": null, "time/fps": 2079.6 } })).toBe(
    "12,345 steps · mean return not yet known · 2,080 steps per second",
  );
  expect(summaryOf({ ...message, row: { "time/batches": 12_345, "time/batches_per_second": 30.4 } })).toBe(
    "12,345 minibatches · 30 minibatches per second",
  );
});

it("lostConnection names a possible reason", () => {
  expect(lostConnection(false, false)).toMatch(/^Connection lost: is the program still running\?/);
  expect(lostConnection(false, true)).toMatch(/^Too many pages/);
  expect(lostConnection(true, false)).toMatch(/^The dashboard was closed/);
});
