import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { NoopReset, RecordEpisodeStatistics } from "../../src/wrappers/index.js";
import { FakeAtari, play, shown } from "./fake-atari.js";

describe("NoopReset", () => {
  it("plays the reported number of NOOPs", () => {
    const inner = new FakeAtari();
    const env = new NoopReset(inner);
    for (let i = 0; i < 20; i++) {
      inner.log.length = 0;
      const result = env.reset(i === 0 ? { seed: 3 } : {});
      const noops = result.info.noops as number;
      expect(inner.log).toEqual(["reset", ...Array(noops).fill(0)]);
      expect(shown(result)).toEqual([i + 1, noops, 0]);
      expect(result.info).toEqual({ lives: 3, game: i + 1, frame: noops, noops });
    }
  });

  it("draws 1..noopMax uniformly", () => {
    const env = new NoopReset(new FakeAtari(), { noopMax: 5 });
    env.reset({ seed: 0 });
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 5000; i++) counts[env.reset().info.noops as number]++;
    expect(counts[0]).toBe(0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(5000);
    // 1000 each, standard deviation 28
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it("plays 1..30 NOOPs by default", () => {
    const env = new NoopReset(new FakeAtari());
    env.reset({ seed: 8 });
    const seen = new Set(Array.from({ length: 1000 }, () => env.reset().info.noops));
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  it("follows the seed, and continues without one", () => {
    const waits = (seed: number) => {
      const env = new NoopReset(new FakeAtari());
      return [env.reset({ seed }), env.reset(), env.reset()].map(({ info }) => info.noops);
    };
    expect(waits(1)).toEqual(waits(1));
    const first = new Set(Array.from({ length: 40 }, (_, seed) => waits(seed).join()));
    expect(first.size).toBe(40);
  });

  it("resets a game that ends during the NOOPs and continues", () => {
    const inner = new FakeAtari({ length: 4 });
    const env = new NoopReset(inner);
    for (let i = 0; i < 30; i++) {
      const games = inner.log.filter((entry) => entry === "reset").length;
      const result = env.reset({});
      const noops = result.info.noops as number;
      expect(shown(result)).toEqual([games + 1 + Math.floor(noops / 4), noops % 4, 0]);
      expect(() => env.step(0)).not.toThrow();
    }
  });

  it("handles games of one step", () => {
    const env = new NoopReset(new FakeAtari({ length: 1 }));
    const result = env.reset({ seed: 2 });
    expect(shown(result)).toEqual([1 + (result.info.noops as number), 0, 0]);
  });

  it("reports lives lost and games ended during the NOOPs", () => {
    const lives = new NoopReset(new FakeAtari({ lifeLostAt: [1] })).reset().info.lives;
    expect(lives).toBe(2);
    const env = new NoopReset(new RecordEpisodeStatistics(new FakeAtari({ length: 1 })));
    expect(env.reset().info.episode).toEqual({ return: 1, length: 1 });
  });

  it("saves the state of its random generator", () => {
    const env = new NoopReset(new FakeAtari({ length: 6 }));
    env.reset({ seed: 5 });
    const state = structuredClone(env.getState());
    const future = play(env, 30);
    const other = new NoopReset(new FakeAtari({ length: 6 }));
    other.setState(state);
    expect(play(other, 30)).toEqual(future);
  });

  it("requires NOOP and a whole number of steps", () => {
    const game = new FakeAtari({ actionMeanings: ["UP", "DOWN"] });
    expect(() => new NoopReset(game)).toThrow(/action 0 .* to be NOOP, received UP/);
    const plain = Object.create(new FakeAtari(), { actionMeanings: { value: undefined } });
    expect(() => new NoopReset(plain)).toThrow(/without actionMeanings/);
    expect(() => new NoopReset(new FakeAtari(), { noopMax: 0 })).toThrow(InvalidArgumentError);
    expect(() => new NoopReset(new FakeAtari(), { noopMax: 1.5 })).toThrow(InvalidArgumentError);
  });
});
