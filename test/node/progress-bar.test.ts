import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { progressBarCallback } from "../../src/node/progress-bar.js";
import { StatusLine, type StatusStream } from "../../src/node/status-line.js";
import type { TrainerProgress } from "../../src/trainers/index.js";

const CLEAR = "\r\u001b[K";

/** A terminal that records what is shown: the lines, the last of them with the cursor. */
function terminal(columns = 80) {
  const written: string[] = [];
  const stream: StatusStream = Object.assign(new PassThrough(), { isTTY: true, columns });
  stream.write = ((text: string) => written.push(text) > 0) as StatusStream["write"];
  const shown = () =>
    written
      .join("")
      .split("\n")
      .map((line) => line.slice(line.lastIndexOf(CLEAR) < 0 ? 0 : line.lastIndexOf(CLEAR) + CLEAR.length));
  return { stream, written, shown };
}

const at = (progress: number): TrainerProgress =>
  ({ trainer: {}, progress, elapsedSeconds: 10, globalStep: 5000, meanReturn: 21.5 }) as TrainerProgress;

it("StatusLine stays below other output to the same terminal", () => {
  const { stream: same, shown: screen } = terminal();
  const line = new StatusLine(same, []);
  line.draw("bar 1");
  same.write("| a table |\n| of two lines |\n");
  expect(screen()).toEqual(["| a table |", "| of two lines |", "bar 1"]);
  line.draw("bar 2");
  same.write("loss=");
  line.draw("bar 3"); // not into the middle of a line
  same.write("0.5\n");
  expect(screen()).toEqual(["| a table |", "| of two lines |", "loss=0.5", "bar 3"]);
  line.close();
  same.write("done\n");
  expect(screen()).toEqual(["| a table |", "| of two lines |", "loss=0.5", "done", ""]);
});

it("StatusLine intercepts other streams of the terminal, and restores them", () => {
  const bar = terminal();
  const other = terminal();
  other.stream.write = ((text: string) => bar.written.push(text) > 0) as StatusStream["write"];
  const before = other.stream.write;
  const line = new StatusLine(bar.stream, [other.stream]);
  line.draw("bar");
  other.stream.write(Buffer.from("a row\n").toString());
  expect(bar.shown()).toEqual(["a row", "bar"]);
  line.close();
  expect(other.stream.write).toBe(before);
  expect(bar.shown()).toEqual(["a row", ""]);
});

it("progressBarCallback never hides the cursor and leaves an empty line", async () => {
  const { stream, written, shown } = terminal();
  const bar = progressBarCallback({ stream });
  await bar.onTrainingStart?.(at(0));
  expect(shown()[0]).toContain("0% | return 21.5 | ? left | 5,000 steps");
  await new Promise((resolve) => setTimeout(resolve, 110));
  await bar.onUpdateEnd?.(at(0.5), {});
  expect(shown()[0]).toMatch(/█░.* 50% \| return 21\.5 \| 10s left/);
  await bar.onTrainingEnd?.(at(1));
  expect(shown()).toEqual([""]);
  expect(written.join("")).not.toContain("\u001b[?");
});

it("progressBarCallback draws nothing where there is no terminal", async () => {
  const { stream, written } = terminal();
  const bar = progressBarCallback({ stream: Object.assign(stream, { isTTY: false }) });
  await bar.onTrainingStart?.(at(0));
  await bar.onUpdateEnd?.(at(0.5), {});
  await bar.onTrainingEnd?.(at(1));
  expect(written).toEqual([]);
});
