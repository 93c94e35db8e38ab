import { describe, expect, it } from "vitest";
import { formatTable, Logger, TableSink } from "../../src/logging/index.js";

describe("Logger and TableSink", () => {
  it("prints one grouped table per dump and starts a new row", () => {
    const printed: string[] = [];
    const logger = new Logger([new TableSink({ print: (text) => printed.push(text) })]);
    logger.record("train/loss", 0.0001234);
    logger.record("rollout/ep_rew_mean", Number.NaN);
    logger.record("time/fps", 1200);
    expect(logger.dump(1)).toHaveProperty("time/fps", 1200);
    expect(printed[0].split("\n")).toEqual([
      "-----------------------------",
      "| rollout/       |          |",
      "|    ep_rew_mean | nan      |",
      "| time/          |          |",
      "|    fps         | 1200     |",
      "| train/         |          |",
      "|    loss        | 0.000123 |",
      "-----------------------------",
    ]);
    expect(logger.dump(2)).toEqual({});
    expect(printed.length).toBe(1);
  });

  it("fits 80 columns, whatever the names", () => {
    const name = "a_name_that_goes_on_and_on_and_on_for_longer_than_a_line";
    const lines = formatTable({ [`${name}/${name}`]: -1.2345e-300, [name]: Number.MAX_SAFE_INTEGER }).split(
      "\n",
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
    expect(lines[1]).toContain("| a_name_that_goes_on_and_on_and_on... |");
  });

  it("prints nothing for an empty row", () => {
    const printed: string[] = [];
    new TableSink({ print: (text) => printed.push(text) }).write({});
    expect(printed).toEqual([]);
    expect(formatTable({})).toBe("");
  });
});
