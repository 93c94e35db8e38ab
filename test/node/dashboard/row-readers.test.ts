import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { RowReaders } from "../../../src/node/dashboard/row-readers.js";
import { RowWindow } from "../../../src/node/dashboard/row-window.js";

// A response whose reader accepts data only when `reads`.
class Answer extends EventEmitter {
  readonly written: string[] = [];
  reads = true;
  writeHead(): void {}
  flushHeaders(): void {}
  write(text: string): boolean {
    this.written.push(text);
    return this.reads;
  }
  destroy(): void {
    this.emit("close");
  }
}
const answer = () => new Answer() as Answer & ServerResponse;

function scene(stallSeconds: number) {
  const window = new RowWindow();
  const readers = new RowReaders(window, { maxReaders: 2, stallSeconds });
  let step = 0;
  const write = (count: number) => {
    for (let i = 0; i < count; i++) readers.write(window.write(step++, { a: i }));
  };
  return { readers, write };
}

it("RowReaders queues nothing for a reader that does not read, and continues when it does", () => {
  const { readers, write } = scene(60);
  const slow = answer();
  slow.reads = false;
  readers.open(slow);
  write(1000);
  expect(slow.written).toHaveLength(1);
  slow.reads = true;
  slow.emit("drain");
  const steps = slow.written.flatMap((text) => JSON.parse(text.slice("data: ".length)) as { step: number }[]);
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

it("RowReaders drops a reader that stalls, and accepts another one then", async () => {
  const { readers, write } = scene(0.01);
  const [slow, quick, next] = [answer(), answer(), answer()];
  slow.reads = false;
  expect([readers.open(slow), readers.open(quick), readers.open(next)]).toEqual([true, true, false]);
  write(2);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(readers.open(next)).toBe(true);
  expect(readers.count).toBe(2);
  write(1);
  expect([slow.written.length, quick.written.length]).toEqual([1, 3]);
});
