import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { EpisodicLife, FireReset, NoopReset, RecordEpisodeStatistics } from "../../src/wrappers/index.js";
import { FakeAtari, shown } from "./fake-atari.js";

describe("FireReset", () => {
  it("plays FIRE and action 2", () => {
    const inner = new FakeAtari();
    const result = new FireReset(inner).reset({ seed: 1 });
    expect(inner.log).toEqual(["reset", 1, 2]);
    expect(shown(result)).toEqual([1, 2, 2]);
    expect(result.info).toEqual({ game: 1, lives: 3, frame: 2 });
  });

  it("resets if FIRE ends the episode, and continues with action 2", () => {
    let length = 1;
    const options = {
      get length() {
        return length;
      },
    };
    const inner = new FakeAtari(options);
    const reset = inner.reset.bind(inner);
    inner.reset = (given) => {
      if (inner.log.length > 0) length = 100;
      return reset(given);
    };
    const result = new FireReset(new RecordEpisodeStatistics(inner)).reset();
    expect(inner.log).toEqual(["reset", 1, "reset", 2]);
    expect(shown(result)).toEqual([2, 1, 2]);
    expect(result.info).toMatchObject({ lives: 3, episode: { return: 1, length: 1 } });
  });

  it("returns the new episode's observation if action 2 ends the old one", () => {
    const inner = new FakeAtari({ length: 2 });
    const env = new FireReset(inner);
    expect(shown(env.reset())).toEqual([2, 0, 0]);
    expect(inner.log).toEqual(["reset", 1, 2, "reset"]);
    expect(() => env.step(0)).not.toThrow();
  });

  it("handles games of one step", () => {
    const inner = new FakeAtari({ length: 1 });
    expect(shown(new FireReset(inner).reset())).toEqual([3, 0, 0]);
    expect(inner.log).toEqual(["reset", 1, "reset", 2, "reset"]);
  });

  it("fires after every lost life, and when firing costs one", () => {
    const inner = new FakeAtari({ lives: 5, lifeLostAt: [3, 5] });
    const env = new FireReset(new EpisodicLife(inner));
    env.reset();
    expect(env.step(3).terminated).toBe(true);
    // frame 4: NOOP; frame 5: FIRE, costs a life; frame 6: NOOP of the next reset; frame 7: action 2
    const result = env.reset();
    expect(inner.log).toEqual(["reset", 1, 2, 3, 0, 1, 0, 2]);
    expect(shown(result)).toEqual([1, 7, 2]);
    expect(result.info.lives).toBe(3);
  });

  it("keeps the infos of inner resets", () => {
    const { info } = new FireReset(new NoopReset(new FakeAtari())).reset({ seed: 1 });
    expect(info.frame).toBe((info.noops as number) + 2);
  });

  it("requires FIRE as action 1 and a third action", () => {
    expect(() => new FireReset(new FakeAtari({ actionMeanings: ["NOOP", "UP", "FIRE"] }))).toThrow(
      /action 1 .* to be FIRE, received UP/,
    );
    expect(() => new FireReset(new FakeAtari({ actionMeanings: ["NOOP", "FIRE"] }))).toThrow(
      InvalidArgumentError,
    );
  });
});
