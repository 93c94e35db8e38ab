import { expect, it, vi } from "vitest";
import { type Game, playForever } from "../../examples/support/watch.js";
import type { Env } from "../../src/envs/env.js";

const frame = { height: 2, width: 2, data: new Uint8Array(12) };

/** An environment of one step, which notes its seeds and breaks at the third game. */
function shortGame(seeds: (number | undefined)[]): Game {
  const env = {
    reset: ({ seed }: { seed?: number } = {}) => {
      seeds.push(seed);
      if (seeds.length === 3) throw new Error("enough");
      return { observation: new Float32Array(1), info: {} };
    },
    step: () => ({
      observation: new Float32Array(1),
      reward: 7,
      terminated: true,
      truncated: false,
      info: { episode: { r: 7, l: 1 } },
    }),
    render: () => frame,
  };
  const policy = { predict: async () => ({ action: 0, state: null }) };
  return { env: env as unknown as Env, policy: policy as unknown as Game["policy"], seed: 5 };
}

it("playForever plays one game where there is nothing to see, and prints its score", async () => {
  const seeds: (number | undefined)[] = [];
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await playForever(shortGame(seeds));
    expect(log.mock.calls).toEqual([["game over: 7 points"]]);
  } finally {
    log.mockRestore();
  }
  expect(seeds).toEqual([5]);
});

it("playForever plays another game each time when it is viewed", async () => {
  const seeds: (number | undefined)[] = [];
  const shown: unknown[] = [];
  const page = { show: (picture: unknown) => shown.push(picture) } as unknown as Game["page"];
  await expect(playForever({ ...shortGame(seeds), page })).rejects.toThrow("enough");
  expect(seeds).toEqual([5, 6, 7]);
  expect(shown).toEqual([frame, frame]);
});
