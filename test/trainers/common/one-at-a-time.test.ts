import { describe, expect, it } from "vitest";
import { InvalidStateError } from "../../../src/core/errors.js";
import { oneAtATime } from "../../../src/trainers/common/one-at-a-time.js";

describe("oneAtATime", () => {
  it("refuses a second training of the same trainer, and lets another one train", async () => {
    const [trainer, other] = [{}, {}];
    let finish = () => {};
    const first = oneAtATime(
      trainer,
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    await expect(oneAtATime(trainer, async () => {})).rejects.toThrow(InvalidStateError);
    await expect(oneAtATime(other, async () => {})).resolves.toBeUndefined();
    finish();
    await first;
  });

  it("lets it train again afterwards, also after a failure, which it passes on", async () => {
    const trainer = {};
    await expect(oneAtATime(trainer, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await expect(oneAtATime(trainer, async () => {})).resolves.toBeUndefined();
  });
});
