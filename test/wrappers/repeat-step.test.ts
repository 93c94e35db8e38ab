/** Wrappers over environments with `repeatStep`: results equal those of single steps. */

import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Action, Env, StepResult } from "../../src/envs/env.js";
import { make } from "../../src/envs/registry.js";
import { registerAtari } from "../../src/node/atari.js";
import {
  EpisodicLife,
  FireReset,
  MaxAndSkip,
  NoopReset,
  RecordEpisodeStatistics,
  StickyAction,
  Wrapper,
} from "../../src/wrappers/index.js";
import { missingPackages } from "./atari-parity-support.js";
import { FakeAtari, play } from "./fake-atari.js";

/** A game that has `repeatStep`. */
class Repeating extends FakeAtari {
  calls: number[] = [];

  repeatStep(action: Action, { times, max = false }: { times: number; max?: boolean }) {
    this.calls.push(times);
    let [reward, steps] = [0, 0];
    let pictures: Uint8Array[] = [];
    let result: StepResult;
    do {
      result = this.step(action);
      reward += result.reward;
      steps++;
      pictures = [...pictures.slice(-1), (result.observation as Uint8Array).slice()];
    } while (steps < times && !result.terminated && !result.truncated);
    const [a, b = a] = pictures;
    const observation = max ? a.map((value, i) => Math.max(value, b[i])) : result.observation;
    return { ...result, observation, reward, steps };
  }
}

/** Hides `repeatStep`, like every wrapper that does not support it. */
class Plain extends Wrapper {}

const games = [{ length: 57 }, { length: 9 }, { length: 30, lifeLostAt: [2, 3, 17] }, { truncatedAt: 41 }];
const noopFirst = (env: Env) => new NoopReset(env);

describe("repeatStep", () => {
  it.each([
    ["MaxAndSkip", (env: Env) => new MaxAndSkip(env)],
    ["NoopReset", noopFirst],
    ["both", (env: Env) => new MaxAndSkip(noopFirst(env))],
    ["with statistics", (env: Env) => new MaxAndSkip(noopFirst(new RecordEpisodeStatistics(env)))],
    ["all", (env: Env) => new FireReset(new EpisodicLife(new MaxAndSkip(noopFirst(env), { skip: 3 })))],
  ])("changes nothing: %s", (_, wrap) => {
    for (const options of games) {
      const game = new Repeating(options);
      const [once, each] = [wrap(game), wrap(new Plain(new Repeating(options)))];
      expect(once.reset({ seed: 3 })).toEqual(each.reset({ seed: 3 }));
      expect(play(once, 60)).toEqual(play(each, 60));
      expect(game.calls.length).toBeGreaterThan(0);
    }
  });

  it("is not used through a wrapper that plays other actions", () => {
    const game = new Repeating();
    const env = new MaxAndSkip(new StickyAction(game));
    env.reset({ seed: 1 });
    play(env, 10);
    expect(game.calls).toEqual([]);
  });

  it("is not used by a subclass that overrides step", () => {
    class Doubled extends NoopReset {
      override step(action: Action): StepResult {
        const result = super.step(action);
        return { ...result, reward: 2 * result.reward };
      }
    }
    const env = new MaxAndSkip(new Doubled(new Repeating()));
    env.reset({ seed: 1 });
    const { info, reward } = env.step(0);
    const frame = info.frame as number;
    expect(reward).toBe(2 * (4 * frame - 6)); // frames count as rewards
  });
});

const atari = missingPackages().filter((name) => name !== "cv2").length === 0;

describe.skipIf(!atari)("repeatStep on real Atari", () => {
  beforeAll(async () => {
    await registerAtari();
  });

  it.each(["Breakout", "SpaceInvaders", "Pong", "Seaquest", "MsPacman"])("changes nothing: %s", (name) => {
    const wrap = (env: Env) => new EpisodicLife(new MaxAndSkip(new NoopReset(env)));
    const [once, each] = [false, true].map((hidden) => {
      const bare = make(`${name}NoFrameskip-v4`, { maxNumFramesPerEpisode: 400 });
      onTestFinished(() => bare.close());
      expect(bare.repeatStep).toBeTypeOf("function");
      return wrap(hidden ? new Plain(bare) : bare);
    });
    const first = once.reset({ seed: 8 });
    expect(first).toEqual(each.reset({ seed: 8 }));
    let ends = 0;
    for (let i = 0; i < 220; i++) {
      const action = i % once.actionMeanings!.length;
      const [a, b] = [once.step(action), each.step(action)];
      expect(Buffer.compare(a.observation as Uint8Array, b.observation as Uint8Array), `step ${i}`).toBe(0);
      expect({ ...a, observation: null }).toEqual({ ...b, observation: null });
      if (!a.terminated && !a.truncated) continue;
      ends++;
      expect(once.reset().info).toEqual(each.reset().info);
    }
    expect(ends).toBeGreaterThan(0);
  });
});
