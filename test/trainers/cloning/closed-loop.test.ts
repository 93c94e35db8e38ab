import { describe, expect, it } from "vitest";
import { BreakoutEnv } from "../../../src/envs/arcade/index.js";
import { runClosedLoop } from "../../../src/trainers/cloning/closed-loop.js";
import { wrapDeepmind } from "../../../src/wrappers/index.js";
import { CountingEnv } from "../../vector/counting-env.js";

describe("runClosedLoop", () => {
  const fires = {
    predict: async () => ({ actions: Int32Array.of(1), action: 1, state: Float32Array.of(1) }),
  };
  const game = () => wrapDeepmind(new BreakoutEnv({ maxFrames: 4 * 300 }));

  it("plays lives, reports whole games, and resets the recurrent state at each start", async () => {
    const states: unknown[] = [];
    const policy = {
      predict: (...[, options]: Parameters<typeof classify>) => {
        states.push(options?.state);
        return fires.predict();
      },
    };
    const { returns, gameReturns, steps } = await runClosedLoop(policy, game(), { numEpisodes: 6, seed: 0 });
    expect(returns).toHaveLength(6);
    expect(gameReturns).toHaveLength(1);
    expect(states).toHaveLength(steps);
    expect(states.filter((state) => state === null)).toHaveLength(6);
    // The first five lives are the first game, except for what the steps of FireReset earn.
    const first = returns.slice(0, 5).reduce((sum, value) => sum + value);
    expect(gameReturns[0]).toBeGreaterThanOrEqual(first);
  });

  it("ends after numGames, or when onEpisode returns false", async () => {
    expect((await runClosedLoop(fires, game(), { numGames: 2, seed: 0 })).gameReturns).toHaveLength(2);
    const heard: number[] = [];
    const { returns } = await runClosedLoop(fires, game(), {
      numEpisodes: Number.POSITIVE_INFINITY,
      onEpisode: (value) => heard.push(value) < 3,
    });
    expect(heard).toEqual(returns);
    expect(returns).toHaveLength(3);
    await expect(runClosedLoop(fires, game(), { numEpisodes: 0 })).rejects.toThrow(/numEpisodes/);
  });

  it("rejects with the reason of its signal, before the first step too", async () => {
    const controller = new AbortController();
    const run = (signal: AbortSignal) =>
      runClosedLoop(fires, new CountingEnv(), { numEpisodes: 1e9, signal });
    const running = run(controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(running).rejects.toThrow("enough");
    await expect(run(controller.signal)).rejects.toThrow("enough");
  });
});

declare function classify(observations: unknown, options?: { state?: Float32Array | null }): void;
