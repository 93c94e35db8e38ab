import { expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import type { Frame } from "../../src/envs/env.js";
import { frameToAnsi, playInTerminal } from "../../src/rendering/index.js";

const picture: Frame = { height: 2, width: 2, data: new Uint8Array(12).fill(9) };

function* film(length: number): Generator<Frame> {
  for (let n = 0; n < length; n++) yield picture;
}

it("shows frames in the same place and gives the cursor back", async () => {
  const written: string[] = [];
  let n = 0;
  const shown = await playInTerminal(film(2), {
    write: (text) => written.push(text),
    fps: 1000,
    columns: 2,
    caption: () => `frame ${++n}`,
  });
  const text = frameToAnsi(picture, { columns: 2 });
  expect(shown).toBe(2);
  expect(written).toEqual([
    "\u001b[?25l\u001b[2J",
    `\u001b[H${text}frame 1\u001b[K\n`,
    `\u001b[H${text}frame 2\u001b[K\n`,
    "\u001b[?25h",
  ]);
});

it("gives the cursor back when the frames fail", async () => {
  const written: string[] = [];
  async function* broken(): AsyncGenerator<Frame> {
    yield picture;
    throw new Error("no more");
  }
  const playing = playInTerminal(broken(), { write: (text) => written.push(text), fps: 1000 });
  await expect(playing).rejects.toThrow("no more");
  expect(written.at(-1)).toBe("\u001b[?25h");
});

it("keeps its pace", async () => {
  const start = performance.now();
  await playInTerminal(film(5), { write: () => {}, fps: 50 });
  expect(performance.now() - start).toBeGreaterThan(80);
});

it("stops when asked to, and closes the frames", async () => {
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
  const options = { write: () => {}, fps: 1000, signal: controller.signal };
  expect(await playInTerminal(endless(), options)).toBe(3);
  expect(closed).toBe(true);
});

it("refuses a pace that is none", async () => {
  await expect(playInTerminal(film(1), { write: () => {}, fps: 0 })).rejects.toThrow(InvalidArgumentError);
});
