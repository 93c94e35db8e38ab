import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { BreakoutEnv } from "../../src/envs/arcade/index.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { AreaResizer } from "../../src/images/area-resize.js";
import { wrapLabml } from "../../src/wrappers/index.js";

const game = () => new BreakoutEnv({ frameskip: 1, repeatActionProbability: 0 });

// labml's Game.step and reset, reimplemented.
class Labml {
  readonly env = game();
  readonly resizer = new AreaResizer({
    inputHeight: 210,
    inputWidth: 160,
    outputHeight: 84,
    outputWidth: 84,
  });
  stack: Uint8Array[] = [];
  lives = 0;
  rewards: number[] = [];

  reset(seed?: number): Uint8Array {
    const { observation, info } = this.env.reset(seed === undefined ? {} : { seed });
    this.stack = Array(4).fill(this.process(observation as Uint8Array));
    this.lives = info.lives as number;
    this.rewards = [];
    return this.obs();
  }

  step(action: number): { obs: Uint8Array; reward: number; done: boolean } {
    let reward = 0;
    let done = false;
    const last: Uint8Array[] = [];
    for (let i = 0; i < 4 && !done; i++) {
      const step = this.env.step(action);
      if (i >= 2) last.push(this.process(step.observation as Uint8Array));
      reward += step.reward;
      done = step.terminated || (step.info.lives as number) < this.lives;
    }
    this.rewards.push(reward);
    if (!done) this.stack = [...this.stack.slice(1), last[0].map((value, i) => Math.max(value, last[1][i]))];
    return { obs: this.obs(), reward, done };
  }

  private process(frame: Uint8Array): Uint8Array {
    return this.resizer.resizeRGB(frame, new Uint8Array(84 * 84)).slice();
  }

  private obs(): Uint8Array {
    return Uint8Array.from({ length: 84 * 84 * 4 }, (_, i) => this.stack[i % 4][i >> 2]);
  }
}

describe("wrapLabml", () => {
  it("equals labml's game, step by step", () => {
    const env = wrapLabml(game());
    const labml = new Labml();
    const random = new Random(3);
    const same = (a: unknown, b: Uint8Array) => expect(Buffer.compare(a as Uint8Array, b)).toBe(0);
    same(env.reset({ seed: 47 }).observation, labml.reset(47));
    let games = 0;
    for (let t = 0; t < 400; t++) {
      const action = random.integer(4);
      const step = env.step(action);
      const { obs, reward, done } = labml.step(action);
      expect([step.reward, step.terminated]).toEqual([reward, done]);
      if (!done) same(step.observation, obs);
      else {
        games++;
        const sum = labml.rewards.reduce((a, b) => a + b);
        expect(step.info.episode).toEqual({ return: sum, length: labml.rewards.length });
        const { observation, info } = env.reset();
        expect(info.lives).toBe(5);
        same(observation, labml.reset());
      }
    }
    expect(games).toBeGreaterThan(3);
    env.close();
  });

  it("follows the contract", () => {
    expect(() => checkEnv(wrapLabml(game()))).not.toThrow();
  });
});
