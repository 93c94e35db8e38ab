import { describe, expect, it } from "vitest";
import { FrameStacks } from "../src/frame-stacks.js";
import { interleave } from "../src/interleave.js";

const PIXELS = 6;
const GAMES = 3;

describe("FrameStacks", () => {
  const cases = [1, 2, 3, 4].flatMap((stack) =>
    [1, 3].flatMap((channels) =>
      [false, true].flatMap((last) => [false, true].map((early) => [stack, channels, last, early] as const)),
    ),
  );
  it.each(cases)(
    "stack %i, channels %i, channelsLast %s, prepared %s: the last frames, oldest first",
    (stack, channels, last, early) => {
      const plane = PIXELS * channels;
      const stacks = new FrameStacks(GAMES, stack, PIXELS, channels, last);
      const black = () => Array.from({ length: stack }, () => new Uint8Array(plane));
      const history = Array.from({ length: GAMES }, black);
      const received = new Uint8Array(4 + GAMES * plane);
      const into = new Uint8Array(2 * stack * plane);
      for (let i = 0; i < 40; i++) {
        const game = (i * 7 + (i >> 2)) % GAMES;
        const at = 4 + game * plane;
        const prepared = early && stacks.preparable && i % 9 !== 8;
        if (i % 9 === 8) {
          stacks.clear(game);
          history[game] = black();
        }
        const before = history[game].flatMap((picture) => [...picture]);
        into.fill(99);
        if (prepared) {
          stacks.prepare(game, into, stack * plane);
          if (i % 4 === 0) {
            stacks.restore(game, into, stack * plane);
            expect([...into.subarray(stack * plane)]).toEqual(before);
            stacks.prepare(game, into, stack * plane);
          }
        }
        for (let b = 0; b < plane; b++) received[at + b] = 37 * i + 11 * b + 128;
        history[game] = [...history[game].slice(1), received.slice(at, at + plane)];
        if (prepared) stacks.finish(game, received, at, into, stack * plane);
        else stacks.push(game, received, at, into, stack * plane);
        const pictures = Uint8Array.from(history[game].flatMap((picture) => [...picture]));
        const expected = pictures.slice();
        if (last) interleave(pictures, expected, stack, PIXELS, channels);
        expect(into.subarray(stack * plane)).toEqual(expected);
        expect(into.subarray(0, stack * plane).every((byte) => byte === 99)).toBe(true);
      }
    },
  );

  it("does not read its output: observations may be changed by their reader", () => {
    for (const last of [false, true]) {
      const stacks = new FrameStacks(1, 4, 1, 1, last);
      const into = new Uint8Array(4);
      for (let i = 1; i <= 6; i++) {
        stacks.push(0, Uint8Array.of(i), 0, into, 0);
        if (i < 6) into.fill(200);
      }
      expect([...into]).toEqual([3, 4, 5, 6]);
    }
  });
});
