import { describe, expect, it } from "vitest";
import { AtariCloningDataset } from "../../src/datasets/atari-cloning.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import { recordCloning } from "../../src/datasets/record-cloning.js";
import { BreakoutEnv, SteadyBreakoutPlayer } from "../../src/envs/arcade/index.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { wrapDeepmind } from "../../src/wrappers/index.js";

const sequences = { train: 3, val: 2 };

async function record(options: Parameters<typeof recordCloning>[3] = {}, maxFrames = 600) {
  const game = new BreakoutEnv({ maxFrames });
  const source = new MemoryCloningSource();
  const expert = new SteadyBreakoutPlayer(game);
  const summary = await recordCloning(wrapDeepmind(game), expert, source, {
    sequences,
    sequenceLength: 8,
    seed: 4,
    ...options,
  });
  return { source, summary };
}

async function bytesOf(source: MemoryCloningSource): Promise<Uint8Array[]> {
  return Promise.all((await source.list()).map((name) => source.read(name)));
}

describe("recordCloning", () => {
  it("writes both splits in the format that is read", async () => {
    const { source, summary } = await record();
    const train = await AtariCloningDataset.open(source);
    const val = await AtariCloningDataset.open(source, { split: "val" });
    expect([train.size, val.size]).toEqual([3, 2]);
    const { observations, actions, shape } = await train.sequence(0);
    expect(shape).toEqual([84, 84, 4]);
    expect(observations).toHaveLength(8 * 84 * 84 * 4);
    expect(actions).toHaveLength(8);
    expect(summary.actionCounts.reduce((sum, count) => sum + count)).toBe(5 * 8);
  });

  it("depends only on the seed", async () => {
    const once = await bytesOf((await record()).source);
    expect(await bytesOf((await record()).source)).toEqual(once);
    expect(await bytesOf((await record({ seed: 5 })).source)).not.toEqual(once);
  });

  it("records consecutive frames: the stack moves by one", async () => {
    const { source } = await record();
    const { observations } = await (await AtariCloningDataset.open(source)).sequence(1);
    const pixels = 84 * 84;
    for (let step = 1; step < 8; step++) {
      for (let i = 0; i < pixels; i += 13) {
        const [before, now] = [(step - 1) * pixels + i, step * pixels + i].map((at) => 4 * at);
        for (let channel = 0; channel < 3; channel++) {
          expect(observations[now + channel]).toBe(observations[before + channel + 1]);
        }
      }
    }
  });

  it("records the expert's action even if a random one was played", async () => {
    const { summary: calm } = await record();
    const { source, summary } = await record({ noise: 0.9 });
    expect(await bytesOf(source)).not.toEqual(await bytesOf((await record()).source));
    // The player never fires while the ball flies; random actions would.
    const fires = (counts: number[]) => counts[1] / counts.reduce((sum, count) => sum + count);
    expect(fires(calm.actionCounts)).toBeLessThan(0.1);
    expect(fires(summary.actionCounts)).toBeLessThan(0.1);
  });

  it("drops the rest of an episode: no sequence crosses episodes", async () => {
    const { summary } = await record({ sequences: { train: 6, val: 0 }, sequenceLength: 16 }, 4 * 60);
    expect(summary.gameReturns.length).toBeGreaterThan(0);
    expect(summary.steps).toBeGreaterThan(6 * 16);
  });

  it("passes a policy its state, reset where an episode starts", async () => {
    const states: (Float32Array | null)[] = [];
    const policy = {
      async predict(_: unknown, { state }: { state: Float32Array | null }) {
        states.push(state);
        return { action: 1, state: Float32Array.of((state?.[0] ?? 0) + 1) };
      },
    };
    const env = wrapDeepmind(new BreakoutEnv({ maxFrames: 4 * 40 }));
    await recordCloning(env, policy, new MemoryCloningSource(), {
      sequences: { train: 4, val: 0 },
      sequenceLength: 8,
      seed: 0,
    });
    expect(states[0]).toBeNull();
    expect(states[1]?.[0]).toBe(1);
    expect(states.filter((state) => state === null).length).toBeGreaterThan(1);
  });

  it("lets an actor play, and records the expert's actions", async () => {
    const game = new BreakoutEnv({ maxFrames: 4 * 200 });
    const env = wrapDeepmind(game);
    const [expert, shadow] = [new SteadyBreakoutPlayer(game), new SteadyBreakoutPlayer(game)];
    const played: number[] = [];
    const wished: number[] = [];
    const step = env.step.bind(env);
    env.step = (action) => {
      played.push(action as number);
      wished.push(shadow.act());
      return step(action);
    };
    const states: (Float32Array | null)[] = [];
    const actor = {
      async predict(_: unknown, { state }: { state: Float32Array | null }) {
        states.push(state);
        return { action: 3, state: Float32Array.of((state?.[0] ?? 0) + 1) };
      },
    };
    const run = async (mixing: number) => {
      for (const list of [played, wished, states]) list.length = 0;
      const source = new MemoryCloningSource();
      const options = { sequences: { train: 3, val: 0 }, sequenceLength: 8, seed: 4, actor, mixing };
      const record = await recordCloning(env, expert, source, options);
      const { actions } = await (await AtariCloningDataset.open(source)).sequence(0);
      expect(wished.join("")).toContain(actions.join(""));
      expect(record.steps).toBe(played.length);
      return played.filter((action, i) => action !== wished[i]).length / played.length;
    };
    expect(await run(0)).toBeGreaterThan(0.6);
    expect(new Set(played)).toEqual(new Set([3]));
    expect(states.filter((state) => state === null).length).toBeGreaterThan(0);
    expect(states.some((state) => (state?.[0] ?? 0) > 8)).toBe(true); // its memory outlives a sequence
    const half = await run(0.5);
    expect(half).toBeGreaterThan(0.1);
    expect(half).toBeLessThan(0.9);
    expect(await run(1)).toBe(0);
  });

  it("append continues after the last file", async () => {
    const game = new BreakoutEnv({ maxFrames: 600 });
    const source = new MemoryCloningSource();
    const options = { sequences: { train: 2, val: 1 }, sequenceLength: 4, seed: 1 };
    const expert = new SteadyBreakoutPlayer(game);
    await recordCloning(wrapDeepmind(game), expert, source, options);
    const before = await bytesOf(source);
    await recordCloning(wrapDeepmind(game), expert, source, { ...options, seed: 2, append: true });
    expect(await source.list()).toEqual([
      "train_00000.npz",
      "train_00001.npz",
      "val_00000.npz",
      "train_00002.npz",
      "train_00003.npz",
      "val_00001.npz",
    ]);
    expect((await bytesOf(source)).slice(0, 3)).toEqual(before);
  });

  it("rejects environments and options that it does not support", async () => {
    const player = { act: () => 0 };
    const sink = new MemoryCloningSource();
    await expect(recordCloning(new CartPoleEnv(), player, sink)).rejects.toThrow(
      /env: expected frames of bytes/,
    );
    await expect(record({ noise: 1 })).rejects.toThrow(/noise: expected a number in \[0, 1\)/);
    await expect(record({ mixing: 2 })).rejects.toThrow(/mixing: expected a number in 0..1/);
    await expect(record({ sequenceLength: 0 })).rejects.toThrow(/sequenceLength/);
  });
});
