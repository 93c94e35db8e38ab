import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import type { Frame } from "../../src/envs/env.js";
import { frameToAnsi, type PlayInTerminalOptions, playInTerminal } from "../../src/rendering/index.js";

const picture: Frame = { height: 2, width: 2, data: new Uint8Array(12).fill(9) };

function* film(length: number): Generator<Frame> {
  for (let n = 0; n < length; n++) yield picture;
}

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";

function terminal(columns: number, rows: number) {
  const written: string[] = [];
  return { written, columns, rows, write: (text: string) => written.push(text) };
}

it("shows frames on the alternate screen, and restores screen and cursor", async () => {
  const stream = terminal(8, 2);
  let n = 0;
  const shown = await playInTerminal(film(2), {
    stream,
    fps: 1000,
    color: "truecolor",
    caption: () => `frame ${++n}`,
  });
  const text = frameToAnsi(picture, { columns: 2 });
  expect(shown).toBe(2);
  expect(stream.written).toEqual([
    ENTER,
    `\u001b[2J\u001b[H${text}frame 1\u001b[K`,
    `\u001b[H${text}frame 2\u001b[K`,
    LEAVE,
  ]);
});

it("fits the terminal, also after a resize", async () => {
  const stream = terminal(80, 24);
  const tall: Frame = { height: 210, width: 160, data: new Uint8Array(210 * 160 * 3).fill(200) };
  function* resized(): Generator<Frame> {
    yield tall;
    Object.assign(stream, { columns: 10, rows: 50 });
    yield tall;
  }
  await playInTerminal(resized(), { stream, fps: 1000, color: "none", caption: () => "x".repeat(200) });
  const screens = stream.written
    .slice(1, -1)
    .map((text) => text.replace("\u001b[2J\u001b[H", "").split("\n"));
  expect(screens.map((lines) => lines.length)).toEqual([24, 8]);
  expect(screens.map(([line]) => line.length)).toEqual([35, 10]);
  expect(screens.map((lines) => lines.at(-1)?.match(/x+/)?.[0].length)).toEqual([79, 9]);
});

it("restores screen and cursor when the frames throw", async () => {
  const stream = terminal(80, 24);
  async function* broken(): AsyncGenerator<Frame> {
    yield picture;
    throw new Error("no more");
  }
  await expect(playInTerminal(broken(), { stream, fps: 1000 })).rejects.toThrow("no more");
  expect(stream.written.at(-1)).toBe(LEAVE);
});

it("removes its listeners", async () => {
  const count = () => ["SIGINT", "SIGTERM", "SIGHUP", "exit"].map((name) => process.listenerCount(name));
  const before = count();
  await playInTerminal(film(1), { stream: terminal(80, 24), fps: 1000 });
  expect(count()).toEqual(before);
});

it.each([
  ["SIGINT", "", null],
  ["SIGTERM", "", null],
  [null, "exit", 3],
  [null, "error", 1],
] as const)("restores screen and cursor when the program ends: %s %s", async (signal, how, code) => {
  const script = fileURLToPath(new URL("interrupted-film.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, how], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.on("data", (part) => {
    if (text === "" && signal) setTimeout(() => child.kill(signal), 200);
    text += part;
  });
  const ended = await new Promise((resolve) => child.on("close", (...how) => resolve(how)));
  expect(ended).toEqual([code, signal]);
  expect(text.endsWith(LEAVE)).toBe(true);
});

it("keeps its pace", async () => {
  const start = performance.now();
  await playInTerminal(film(5), { stream: terminal(80, 24), fps: 50 });
  expect(performance.now() - start).toBeGreaterThan(80);
});

it("stops when aborted, and closes the frames", async () => {
  const controller = new AbortController();
  let closed = false;
  function* endless(): Generator<Frame> {
    try {
      for (let n = 0; ; n++) {
        if (n === 3) controller.abort();
        yield picture;
      }
    } finally {
      closed = true;
    }
  }
  const options = { stream: terminal(80, 24), fps: 1000, signal: controller.signal };
  expect(await playInTerminal(endless(), options)).toBe(3);
  expect(closed).toBe(true);
});

it("rejects an invalid frame rate", async () => {
  await expect(playInTerminal(film(1), { stream: terminal(80, 24), fps: 0 })).rejects.toThrow(
    InvalidArgumentError,
  );
  const none = {} as PlayInTerminalOptions;
  await expect(playInTerminal(film(1), none)).rejects.toThrow(/stream: expected a terminal/);
});
