import { describe, expect, it } from "vitest";
import { environments } from "../lib/games.js";
import { gameOptions } from "../src/atari-options.js";
import { AtariEnv, type AtariOptions, atariIds } from "../src/index.js";
import { hasAle, python } from "./support.js";
import { gymnasium, trace } from "./traces.js";

describe.skipIf(!hasAle)("AtariEnv", () => {
  const cases: [id: string, steps: number, ours: AtariOptions, theirs: Record<string, unknown>][] = [
    ["ALE/Breakout-v5", 400, {}, {}],
    ["ALE/SpaceInvaders-v5", 400, { obsType: "grayscale" }, { obs_type: "grayscale" }],
    ["BreakoutNoFrameskip-v4", 1200, {}, {}],
    ["PongNoFrameskip-v4", 1200, { obsType: "ram" }, { obs_type: "ram" }],
    ["Seaquest-v0", 300, { fullActionSpace: true }, { full_action_space: true }],
    [
      "ALE/SpaceInvaders-v5",
      200,
      {
        mode: 3,
        difficulty: 1,
        frameskip: [2, 6],
        repeatActionProbability: 0.5,
        maxNumFramesPerEpisode: 400,
      },
      {
        mode: 3,
        difficulty: 1,
        frameskip: [2, 6],
        repeat_action_probability: 0.5,
        max_num_frames_per_episode: 400,
      },
    ],
    ["ALE/Breakout-v5", 300, { continuous: true, obsType: "ram" }, { continuous: true, obs_type: "ram" }],
  ];

  it.each(cases)("plays %s for %i steps exactly like Gymnasium, with %j", async (id, steps, ours, theirs) => {
    const env = new AtariEnv(id, ours);
    try {
      const mine = await trace(env, 42, steps);
      const reference = gymnasium(id, 42, steps, theirs);
      expect(mine.lines).toEqual(reference.lines);
      expect(mine.seeds).toEqual(reference.seeds);
      expect(env.observationSpace.shape).toEqual(reference.shape);
      if (!ours.continuous) expect(env.actionMeanings).toEqual(reference.meanings);
      expect(new Set(mine.lines.map((line) => line.split(" ").at(-1))).size).toBeGreaterThan(steps / 4);
    } finally {
      env.close();
    }
  });

  it("has the same ids and defaults as ale-py's registry", () => {
    const registry = python<Record<string, unknown>>(`
import json, ale_py, gymnasium
print(json.dumps({i: s.kwargs for i, s in gymnasium.registry.items() if s.entry_point == "ale_py.env:AtariEnv"}))`);
    const ours = environments().map((spec) => {
      const { maxNumFramesPerEpisode, fullActionSpace } = gameOptions(spec, {});
      const kwargs = {
        game: spec.game,
        repeat_action_probability: spec.repeatActionProbability,
        full_action_space: fullActionSpace,
        frameskip: spec.frameskip,
        max_num_frames_per_episode: maxNumFramesPerEpisode,
      };
      return [spec.id, kwargs];
    });
    expect(Object.fromEntries(ours)).toEqual(registry);
    expect(atariIds().sort()).toEqual(Object.keys(registry).sort());
  });

  it("renders a frame without changing the observation", () => {
    const env = new AtariEnv("ALE/Breakout-v5", { obsType: "ram" });
    env.reset({ seed: 1 });
    const { observation } = env.step(1);
    const before = observation.slice();
    const frame = env.render();
    expect([frame.height, frame.width, frame.data.length]).toEqual([210, 160, 210 * 160 * 3]);
    expect(new Set(frame.data).size).toBeGreaterThan(3);
    expect(observation).toEqual(before);
    env.close();
  });

  it("repeats an episode for the same seed, and not without a seed", async () => {
    const env = new AtariEnv("ALE/SpaceInvaders-v5", { obsType: "ram" });
    const first = (await trace(env, 7, 150)).lines;
    expect((await trace(env, 8, 150)).lines).not.toEqual(first);
    // frame numbers count from the loading of the ROM, which a seeded reset does again
    expect((await trace(env, 7, 150)).lines).toEqual(first);
    env.close();
  });

  it("checks the order of calls and its arguments", () => {
    const env = new AtariEnv("ALE/Breakout-v5", { maxNumFramesPerEpisode: 8 });
    const code = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return "none";
    };
    expect(code(() => env.step(0))).toBe("INVALID_STATE");
    env.reset({ seed: 0 });
    for (const action of [-1, 4, 0.5, Number.NaN, [0, 0, 0]]) {
      expect(code(() => env.step(action))).toBe("INVALID_ARGUMENT");
    }
    expect(code(() => env.reset({ seed: -1 }))).toBe("INVALID_ARGUMENT");
    env.step(0);
    expect(env.step(0)).toMatchObject({ terminated: false, truncated: true });
    expect(code(() => env.step(0))).toBe("INVALID_STATE");
    env.close();
    env.close();
    expect(code(() => env.reset())).toBe("INVALID_STATE");
  });
});

describe("options of AtariEnv", () => {
  const message = (id: string, options: Record<string, unknown> = {}) => {
    try {
      new AtariEnv(id, options).close();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  it("are checked before a process starts", () => {
    expect(message("ALE/Brekout-v5")).toContain("npx ale-bindings list");
    expect(message("Breakout-v5")).toContain("ALE/Breakout-v5");
    expect(message("ALE/Breakout-v5", { frameSkip: 4 })).toContain("frameSkip: expected one of the options");
    expect(message("ALE/Breakout-v5", { frameskip: [3, 3] })).toContain(
      "frameskip: expected a positive integer",
    );
    expect(message("ALE/Breakout-v5", { obsType: "gray" })).toContain("grayscale");
  });

  it.skipIf(!hasAle)("report modes and difficulties that a game does not have", () => {
    expect(message("ALE/Breakout-v5", { mode: 1 })).toMatch(/mode: expected one of \[0, 4, 8/);
    expect(message("ALE/Breakout-v5", { difficulty: 9 })).toMatch(/difficulty: expected one of \[0, 1\]/);
  });
});
