import { describe, expect, it } from "vitest";
import type { RowMessage } from "../../../src/node/dashboard/message.js";
import { MAX_ROWS, RowWindow } from "../../../src/node/dashboard/row-window.js";

// A training of `count` rows, each 24th with an evaluation.
function training(count: number, receive: (message: RowMessage) => void = () => {}): RowWindow {
  const window = new RowWindow();
  for (let i = 0; i < count; i++) {
    receive(window.write(i * 10, { a: i, ...(i % 24 === 7 && { "eval/mean_reward": i }) }));
  }
  return window;
}
const steps = (window: RowWindow) => window.rows.map(({ step }) => step);

describe("RowWindow", () => {
  it("keeps all rows of a short training", () => {
    expect(training(MAX_ROWS).rows).toHaveLength(MAX_ROWS);
  });

  it("keeps the beginning of a long training as detailed as its end", () => {
    const plain = training(100_001).rows.filter(({ evaluated }) => !evaluated);
    const gaps = plain.slice(1, -1).map((row, i) => row.index - plain[i].index);
    expect(plain[0].index).toBe(0);
    expect(plain[plain.length - 1].index).toBe(100_000);
    expect(plain.length).toBeGreaterThan(MAX_ROWS / 2);
    expect(plain.length).toBeLessThanOrEqual(MAX_ROWS + 1);
    expect(new Set(gaps)).toEqual(new Set([32]));
  });

  it("keeps every evaluation", () => {
    const { rows } = training(90_000);
    expect(rows.filter(({ evaluated }) => evaluated)).toHaveLength(90_000 / 24);
  });

  it("stays small when every row is an evaluation", () => {
    const window = new RowWindow(10);
    for (let i = 0; i < 1000; i++) window.write(i, { "eval/mean_reward": i });
    expect(window.rows.length).toBeLessThanOrEqual(20);
    expect(steps(window).slice(0, 2)).toEqual([0, 128]);
  });

  it.each([3999, 4001, 8000, 30_011])(
    "is the same for pages opened at the first row and at row %i",
    (opened) => {
      const early = new RowWindow();
      let late: RowWindow | undefined;
      const server = training(40_000, (message) => {
        early.add(message);
        late?.add(message);
        if (message.index !== opened) return;
        late = new RowWindow();
        for (const each of [...early.rows]) late.add(each);
      });
      expect(steps(early)).toEqual(steps(server));
      expect(late && steps(late)).toEqual(steps(server));
    },
  );

  it("removes the rows that a resumed training writes again", () => {
    const window = training(10_000);
    window.write(50_000, { a: 1 });
    const last = window.rows[window.rows.length - 1];
    expect(last).toMatchObject({ step: 50_000, row: { a: 1 } });
    expect(window.rows[window.rows.length - 2].step).toBeLessThan(50_000);
    expect(last.index).toBeGreaterThan(4000);
  });
});
