import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { environments } from "../lib/games.js";
import { gameOptions } from "../src/atari-options.js";
import { AtariEnv, type AtariOptions, atariIds } from "../src/index.js";
import { hasAle, python, traceAction } from "./support.js";

/** One line a step: reward, lives, episode frame, frame, ends, hash of the observation. */
const GYMNASIUM = `
import hashlib, json, sys, warnings
warnings.simplefilter("ignore")
import ale_py, gymnasium, numpy as np
name, seed, steps, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
env = gymnasium.make(name, **options)
lines = []
def line(reward, ends, obs, info):
    values = [reward, info["lives"], info["episode_frame_number"], info["frame_number"], *ends]
    lines.append(" ".join(str(int(v)) for v in values) + " " + hashlib.md5(obs.tobytes()).hexdigest())
obs, info = env.reset(seed=seed)
seeds = [int(s) for s in info["seeds"]]
line(0, (0, 0), obs, info)
for i in range(steps):
    if options.get("continuous"):
        action = np.array([(i % 11) / 10, (i % 17 - 8) / 8 * 3.1, i % 2], np.float32)
    else:
        action = (i * 7 + i // 13 * 5) % int(env.action_space.n)
    obs, reward, terminated, truncated, info = env.step(action)
    line(reward, (terminated, truncated), obs, info)
    if terminated or truncated:
        obs, info = env.reset()
        line(0, (0, 0), obs, info)
game = env.unwrapped
print(json.dumps({"lines": lines, "seeds": seeds, "meanings": game.get_action_meanings(),
                  "shape": game.observation_space.shape}))
`;

interface Trace {
  lines: string[];
  seeds: number[];
  meanings: string[];
  shape: number[];
}

function gymnasium(id: string, seed: number, steps: number, options: Record<string, unknown>): Trace {
  return python<Trace>(GYMNASIUM, id, String(seed), String(steps), JSON.stringify(options));
}

function trace(env: AtariEnv, seed: number, steps: number): { lines: string[]; seeds: number[] } {
  const lines: string[] = [];
  const line = (
    { observation, info }: ReturnType<AtariEnv["reset"]>,
    [reward, terminated, truncated]: readonly [number, boolean, boolean],
  ) => {
    const values = [
      reward,
      info.lives,
      info.episodeFrameNumber,
      info.frameNumber,
      Number(terminated),
      Number(truncated),
    ];
    lines.push(`${values.join(" ")} ${createHash("md5").update(observation).digest("hex")}`);
  };
  const first = env.reset({ seed });
  line(first, [0, false, false]);
  const seeds = first.info.seeds ?? [];
  for (let i = 0; i < steps; i++) {
    const action =
      env.actionSpace.kind === "discrete"
        ? traceAction(i, env.actionSpace.n)
        : [(i % 11) / 10, (((i % 17) - 8) / 8) * 3.1, i % 2];
    const step = env.step(action);
    line(step, [step.reward, step.terminated, step.truncated]);
    if (step.terminated || step.truncated) line(env.reset(), [0, false, false]);
  }
  return { lines, seeds };
}

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

  it.each(cases)("plays %s for %i steps exactly as Gymnasium does, with %j", (id, steps, ours, theirs) => {
    const env = new AtariEnv(id, ours);
    try {
      const mine = trace(env, 42, steps);
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

  it("knows the same ids and defaults as ale-py's registry", () => {
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

  it("keeps the observation untouched while rendering, and returns a picture", () => {
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

  it("repeats an episode for the same seed and plays others without", () => {
    const env = new AtariEnv("ALE/SpaceInvaders-v5", { obsType: "ram" });
    const first = trace(env, 7, 150).lines;
    expect(trace(env, 8, 150).lines).not.toEqual(first);
    // frame numbers count from the loading of the ROM, which a seeded reset does again
    expect(trace(env, 7, 150).lines).toEqual(first);
    env.close();
  });

  it("guards the order of calls and its arguments", () => {
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

  it("names what is wrong before anything starts", () => {
    expect(message("ALE/Brekout-v5")).toContain("npx ale-bindings list");
    expect(message("Breakout-v5")).toContain("ALE/Breakout-v5");
    expect(message("ALE/Breakout-v5", { frameSkip: 4 })).toContain("frameSkip: expected one of the options");
    expect(message("ALE/Breakout-v5", { frameskip: [3, 3] })).toContain(
      "frameskip: expected a positive integer",
    );
    expect(message("ALE/Breakout-v5", { obsType: "gray" })).toContain("grayscale");
  });

  it.skipIf(!hasAle)("names modes and difficulties that a game does not have", () => {
    expect(message("ALE/Breakout-v5", { mode: 1 })).toMatch(/mode: expected one of \[0, 4, 8/);
    expect(message("ALE/Breakout-v5", { difficulty: 9 })).toMatch(/difficulty: expected one of \[0, 1\]/);
  });
});
