import { expect, it } from "vitest";
import { Logger, type LogSink } from "../../src/logging/index.js";

/** Counts rows as a file would. */
class Rows implements LogSink {
  readonly name = "rows";
  rows = 0;
  closed = false;

  constructor(private readonly failure?: Error) {}

  write() {
    if (this.failure) throw this.failure;
    this.rows++;
  }
  getState() {
    return { rows: this.rows };
  }
  setState({ rows }: { rows: number }) {
    this.rows = rows;
  }
  close() {
    this.closed = true;
    if (this.failure) throw this.failure;
  }
}

it("writes rows to all sinks and closes them all, even if one fails", () => {
  const failure = new Error("the disk is full");
  const [broken, sound] = [new Rows(failure), new Rows()];
  const logger = new Logger([broken, sound]);
  logger.record("a", 1);
  expect(() => logger.dump(1)).toThrow(failure);
  expect(() => logger.close()).toThrow(failure);
  expect([sound.rows, sound.closed]).toEqual([1, true]);
});

it("keeps the states of sinks with the same name separate", () => {
  const [early, late] = [new Rows(), new Rows()];
  const logger = new Logger([early]);
  const row = () => {
    logger.record("a", 1);
    logger.dump(1);
  };
  row();
  logger.sinks.push(late);
  row();
  const state = logger.getState();
  row();
  logger.setState(state);
  expect([early.rows, late.rows]).toEqual([2, 1]);
});
