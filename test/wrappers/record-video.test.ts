import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GifReader } from "omggif";
import { describe, expect, it } from "vitest";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { gifWriter } from "../../src/node/gif-writer.js";
import { type RecordedEpisode, RecordVideo, type RecordVideoOptions } from "../../src/wrappers/index.js";

function play(episodes: number, options: Partial<RecordVideoOptions> = {}): RecordedEpisode[] {
  const recorded: RecordedEpisode[] = [];
  const env = new RecordVideo(new CartPoleEnv(), { onEpisode: (each) => recorded.push(each), ...options });
  for (let episode = 0; episode < episodes; episode++) {
    env.reset(episode === 0 ? { seed: 4 } : {});
    while (!env.step(1).terminated);
  }
  env.close();
  return recorded;
}

describe("RecordVideo", () => {
  it("records cubes by default, from the first frame to the last", () => {
    const recorded = play(10);
    expect(recorded.map(({ episode }) => episode)).toEqual([0, 1, 8]);
    for (const { frames, length, return: sum, cut } of recorded) {
      expect(frames).toHaveLength(length + 1);
      expect([sum, cut]).toEqual([length, false]);
      expect(Buffer.compare(frames[0].data, frames[length].data)).not.toBe(0);
    }
  });

  it("skips frames, and stops at maxFrames", () => {
    const [{ frames, length }] = play(1, { frameInterval: 3 });
    expect(frames).toHaveLength(1 + Math.ceil(length / 3));
    expect(play(1, { maxFrames: 5 })[0]).toMatchObject({ cut: true, frames: { length: 5 } });
  });

  it("reports an unfinished episode when closed, but not after setState", () => {
    const recorded: RecordedEpisode[] = [];
    const make = () => new RecordVideo(new CartPoleEnv(), { onEpisode: (each) => recorded.push(each) });
    const env = make();
    env.reset({ seed: 1 });
    env.step(0);
    const state = env.getState?.();
    env.close();
    expect(recorded.map(({ length }) => length)).toEqual([1]);
    const other = make();
    other.reset();
    other.setState?.(state as NonNullable<typeof state>);
    other.step(0);
    other.close();
    expect(recorded).toHaveLength(1);
  });

  it("closes the environment even if onEpisode throws", () => {
    const inner = new CartPoleEnv();
    const env = new RecordVideo(inner, {
      onEpisode: () => {
        throw new Error("the disk is full");
      },
    });
    env.reset({ seed: 1 });
    env.step(0);
    expect(() => env.close()).toThrow("the disk is full");
    expect(() => inner.reset()).toThrow(expect.objectContaining({ code: "INVALID_STATE" }));
  });

  it("rejects intervals that are not positive integers", () => {
    for (const options of [{ frameInterval: 0 }, { maxFrames: 1.5 }]) {
      expect(() => play(1, options)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});

describe("gifWriter", () => {
  it("writes one file per episode, and throws an error with the path if it cannot", () => {
    const directory = mkdtempSync(join(tmpdir(), "gifs-"));
    try {
      const paths: string[] = [];
      const recorded = play(2, {
        onEpisode: gifWriter({ directory: join(directory, "new"), onFile: (path) => paths.push(path) }),
      });
      expect(recorded).toEqual([]);
      expect(readdirSync(join(directory, "new"))).toEqual(["episode-000000.gif", "episode-000001.gif"]);
      const reader = new GifReader(readFileSync(paths[1]));
      expect(reader.numFrames()).toBeGreaterThan(5);
      writeFileSync(join(directory, "file"), "");
      expect(() => play(1, { onEpisode: gifWriter({ directory: join(directory, "file") }) })).toThrow(
        expect.objectContaining({ code: "LOGGING" }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
