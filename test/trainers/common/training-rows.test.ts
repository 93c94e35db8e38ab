import { describe, expect, it } from "vitest";
import type { LogRow } from "../../../src/logging/index.js";
import { trainingRows } from "../../../src/trainers/common/training-rows.js";

/** A training of some rows, which notes what it does. */
function training(count: number, notes: string[], fail?: Error) {
  return trainingRows(async (onRow) => {
    for (let i = 0; i < count; i++) {
      notes.push(`train ${i}`);
      if ((await onRow({ i } as LogRow)) === false) break;
    }
    notes.push("end");
    if (fail) throw fail;
  });
}

describe("trainingRows", () => {
  it("trains one row further whenever the loop asks for it", async () => {
    const notes: string[] = [];
    for await (const row of training(2, notes)) notes.push(`row ${row.i}`);
    expect(notes).toEqual(["train 0", "row 0", "train 1", "row 1", "end"]);
  });

  it("ends the training, and waits for its end, when the loop is left", async () => {
    const notes: string[] = [];
    for await (const _ of training(5, notes)) break;
    expect(notes).toEqual(["train 0", "end"]);
  });

  it("ends it as well when the body of the loop throws", async () => {
    const notes: string[] = [];
    const loop = async () => {
      for await (const _ of training(5, notes)) throw new Error("body");
    };
    await expect(loop()).rejects.toThrow("body");
    expect(notes.at(-1)).toBe("end");
  });

  it("throws what the training throws", async () => {
    const loop = async () => {
      for await (const _ of training(1, [], new Error("broken")));
    };
    await expect(loop()).rejects.toThrow("broken");
  });
});
