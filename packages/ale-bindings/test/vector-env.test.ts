import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { AleError, AtariVectorEnv, type AtariVectorOptions, type AtariVectorStep } from "../src/index.js";
import { interleave } from "../src/interleave.js";
import { vectorArguments } from "../src/vector-options.js";
import { ends, hasAle, python } from "./support.js";

/** The same steps with ale-py alone: everything that its step returns, as hashes and numbers. */
const ALE_PY = `
import hashlib, json, sys
import numpy as np
from ale_py.vector_env import AtariVectorEnv
game, steps, seed, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
envs = AtariVectorEnv(game, **options)
h = lambda a: hashlib.md5(np.ascontiguousarray(a).tobytes()).hexdigest()
n = envs.num_envs
obs, info = envs.reset(seed=seed)
lines = [[h(obs), info["lives"].tolist()]]
for i in range(steps):
    if options.get("continuous"):
        a = np.array([[((i + k) % 11) / 10, ((i + k) % 17 - 8) / 8 * 3.1, (i + k) % 2] for k in range(n)], np.float32)
    else:
        a = np.array([(i * 7 + i // 13 * 5 + k) % int(envs.single_action_space.n) for k in range(n)])
    obs, rew, term, trunc, info = envs.step(a)
    done = np.logical_or(term, trunc)
    last = info.get("final_obs", obs)
    final = [h(last[k]) if done[k] else None for k in range(n)]
    lines.append([h(obs), rew.tolist(), term.astype(int).tolist(), trunc.astype(int).tolist(), final])
print(json.dumps({"lines": lines, "shape": envs.single_observation_space.shape}))
`;

const actionsAt = (envs: AtariVectorEnv, i: number): number[] => {
  const { actionSpace: space, numEnvs } = envs;
  return Array.from({ length: numEnvs }, (_, k) =>
    space.kind === "discrete"
      ? [(i * 7 + Math.floor(i / 13) * 5 + k) % space.n]
      : [((i + k) % 11) / 10, ((((i + k) % 17) - 8) / 8) * 3.1, (i + k) % 2],
  ).flat();
};
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

const open: AtariVectorEnv[] = [];
const create = async (id: string, options: AtariVectorOptions) => {
  const envs = await AtariVectorEnv.create(id, options);
  open.push(envs);
  return envs;
};
afterEach(async () => {
  for (const envs of open.splice(0)) await envs.close();
});

describe.skipIf(!hasAle)("AtariVectorEnv", () => {
  const cases: [game: string, steps: number, ours: Partial<AtariVectorOptions>, theirs: object][] = [
    ["breakout", 200, { numEnvs: 3 }, { num_envs: 3 }],
    [
      "space_invaders",
      120,
      {
        numEnvs: 2,
        transport: "stdio",
        repeatActionProbability: 0.25,
        rewardClipping: false,
        maxNumFramesPerEpisode: 90,
        noopMax: 0,
        useFireReset: false,
      },
      {
        num_envs: 2,
        repeat_action_probability: 0.25,
        reward_clipping: false,
        max_num_frames_per_episode: 90,
        noop_max: 0,
        use_fire_reset: false,
      },
    ],
    [
      "breakout",
      120,
      {
        numEnvs: 2,
        grayscale: false,
        imgHeight: 50,
        imgWidth: 40,
        stackNum: 2,
        frameskip: 3,
        maxpool: false,
        maxNumFramesPerEpisode: 150,
      },
      {
        num_envs: 2,
        grayscale: false,
        img_height: 50,
        img_width: 40,
        stack_num: 2,
        frameskip: 3,
        maxpool: false,
        max_num_frames_per_episode: 150,
      },
    ],
    [
      "breakout",
      150,
      { numEnvs: 2, continuous: true, continuousActionThreshold: 0.4, episodicLife: true },
      { num_envs: 2, continuous: true, continuous_action_threshold: 0.4, episodic_life: true },
    ],
    [
      "seaquest",
      100,
      { numEnvs: 2, fullActionSpace: true, numThreads: 1, threadAffinityOffset: 0, stackNum: 1 },
      { num_envs: 2, full_action_space: true, num_threads: 1, thread_affinity_offset: 0, stack_num: 1 },
    ],
    [
      "breakout",
      150,
      { numEnvs: 3, stackNum: 3, grayscale: false, autoresetMode: "nextStep", maxNumFramesPerEpisode: 50 },
      {
        num_envs: 3,
        stack_num: 3,
        grayscale: false,
        max_num_frames_per_episode: 50,
        autoreset_mode: "NextStep",
      },
    ],
    [
      "breakout",
      60,
      { numEnvs: 2, maxNumFramesPerEpisode: 1, noopMax: 0, useFireReset: false },
      { num_envs: 2, max_num_frames_per_episode: 1, noop_max: 0, use_fire_reset: false },
    ],
  ];
  it.each(cases)("plays %s for %i steps like ale-py with %j", async (game, steps, ours, theirs) => {
    const envs = await create(game, ours as AtariVectorOptions);
    const arguments_ = { autoreset_mode: "SameStep", ...theirs };
    const reference = python<{ lines: unknown[]; shape: number[] }>(
      ALE_PY,
      game,
      String(steps),
      "5",
      JSON.stringify(arguments_),
    );
    const first = await envs.reset({ seed: 5 });
    const lines: unknown[] = [[md5(first.observations), first.infos.map(({ lives }) => lives)]];
    let ended = 0;
    for (let i = 0; i < steps; i++) {
      const step = await envs.step(actionsAt(envs, i));
      const final = step.finalObservations.map((observation) => observation && md5(observation));
      ended += final.filter(Boolean).length;
      lines.push([
        md5(step.observations),
        [...step.rewards],
        [...step.terminated],
        [...step.truncated],
        final,
      ]);
    }
    expect(lines).toEqual(reference.lines);
    expect(envs.observationSpace.shape).toEqual(reference.shape);
    if (game !== "seaquest") expect(ended).toBeGreaterThan(0);
  });

  it("counts complete games, unclipped, and reports the frame numbers of an ended one", async () => {
    const options = { numEnvs: 2, maxNumFramesPerEpisode: 1200, repeatActionProbability: 0 } as const;
    const clipped = await create("ALE/SpaceInvaders-v5", options);
    const whole = await create("ALE/SpaceInvaders-v5", { ...options, rewardClipping: false });
    await clipped.reset({ seed: 3 });
    await whole.reset({ seed: 3 });
    const sums = [0, 0];
    const lengths = [0, 0];
    let episodes = 0;
    for (let i = 0; i < 700; i++) {
      const actions = actionsAt(whole, i);
      const step = await whole.step(actions);
      const other = await clipped.step(actions);
      expect([...other.rewards]).toEqual([...step.rewards].map((reward) => Math.sign(reward)));
      for (let k = 0; k < 2; k++) {
        sums[k] += step.rewards[k];
        lengths[k]++;
        const { episode, lives, episodeFrameNumber } = step.infos[k];
        expect(other.infos[k]).toEqual(step.infos[k]);
        if (!(step.terminated[k] || step.truncated[k])) {
          expect(episode).toBeUndefined();
          expect(lives).toBeGreaterThan(0);
          continue;
        }
        expect(episode).toEqual({ return: sums[k], length: lengths[k] });
        expect(lives).toBeUndefined();
        // up to 30 frames before the first step; one step may end early
        expect(episodeFrameNumber).toBeGreaterThan(4 * (lengths[k] - 1));
        expect(episodeFrameNumber).toBeLessThanOrEqual(4 * lengths[k] + 31);
        sums[k] = 0;
        lengths[k] = 0;
        episodes++;
      }
    }
    expect(episodes).toBeGreaterThan(2);
  });

  it("lifeLossInfo: a lost life is an end, the game and its score continue", async () => {
    const envs = await create("breakout", { numEnvs: 1, lifeLossInfo: true });
    await envs.reset({ seed: 1 });
    let ends = 0;
    let length = 0;
    for (let i = 0; i < 400; i++) {
      const { terminated, finalObservations, observations, infos } = await envs.step([i % 2 ? 1 : 0]);
      length++;
      if (!terminated[0]) continue;
      ends++;
      if (ends < 5) {
        expect(infos[0].episode).toBeUndefined();
        expect(infos[0].lives).toBe(5 - ends);
        expect(finalObservations[0]).toEqual(observations);
      } else {
        expect(infos[0].episode).toMatchObject({ length });
        expect(finalObservations[0]).not.toEqual(observations);
        return;
      }
    }
    throw new Error("no game ended");
  });

  it("nextStep: the step after the end starts the next game", async () => {
    const envs = await create("breakout", {
      numEnvs: 1,
      autoresetMode: "nextStep",
      maxNumFramesPerEpisode: 40,
    });
    await envs.reset({ seed: 1 });
    for (let i = 0; ; i++) {
      const step = await envs.step([0]);
      if (!step.truncated[0]) continue;
      expect(step.infos[0]).toMatchObject({ lives: 5, episode: { return: 0, length: i + 1 } });
      expect(step.finalObservations[0]).toEqual(step.observations);
      const next = await envs.step([1]);
      expect([...next.rewards, ...next.truncated]).toEqual([0, 0]);
      expect(next.infos[0].episodeFrameNumber).toBeLessThan(31);
      for (let k = 0; k < i; k++) await envs.step([0]);
      return;
    }
  });

  it("channelsLast contains the same frames, gray and in colour, in final observations too", async () => {
    for (const grayscale of [true, false]) {
      const options = {
        numEnvs: 2,
        maxNumFramesPerEpisode: 30,
        grayscale,
        stackNum: grayscale ? 4 : 2,
      } as const;
      const first = await create("breakout", options);
      const last = await create("breakout", { ...options, layout: "channelsLast" });
      const channels = grayscale ? 1 : 3;
      expect(last.observationSpace.shape).toEqual([84, 84, options.stackNum * channels]);
      await first.reset({ seed: 4 });
      await last.reset({ seed: 4 });
      for (let i = 0; i < 10; i++) {
        const [a, b] = [await first.step(actionsAt(first, i)), await last.step(actionsAt(last, i))];
        const turned = (pictures: Uint8Array) => {
          const out = new Uint8Array(pictures.length);
          for (let at = 0; at < out.length; at++) {
            const size = out.length / Math.round(out.length / (84 * 84 * options.stackNum * channels));
            const [game, rest] = [Math.floor(at / size), at % size];
            const [layer, inLayer] = [Math.floor(rest / (84 * 84 * channels)), rest % (84 * 84 * channels)];
            const [pixel, channel] = [Math.floor(inLayer / channels), inLayer % channels];
            out[game * size + pixel * options.stackNum * channels + layer * channels + channel] =
              pictures[at];
          }
          return out;
        };
        expect(md5(b.observations)).toBe(md5(turned(a.observations)));
        a.finalObservations.forEach((final, k) => {
          expect(b.finalObservations[k]).toEqual(final && turned(final));
        });
      }
      expect(last.render(1)).toEqual(first.render(1));
    }
  });

  it("send and recv play with the games that are ready first", async () => {
    const envs = await create("breakout", { numEnvs: 4, batchSize: 2, maxNumFramesPerEpisode: 200 });
    const { envIds, infos } = await envs.reset({ seed: 1 });
    expect(envIds).toHaveLength(2);
    expect(infos.map(({ envId }) => envId)).toEqual([...envIds]);
    const lengths = [0, 0, 0, 0];
    const seen = new Set<number>(envIds);
    let step: AtariVectorStep | undefined;
    let episodes = 0;
    for (let i = 0; i < 300; i++) {
      envs.send([1, 0]);
      step = await envs.recv();
      step.envIds.forEach((id, k) => {
        if (seen.has(id)) lengths[id]++;
        else expect([step?.rewards[k], step?.terminated[k]]).toEqual([0, 0]);
        seen.add(id);
        const { episode } = (step as AtariVectorStep).infos[k];
        if (!episode) return;
        expect(episode.length).toBe(lengths[id]);
        lengths[id] = 0;
        episodes++;
      });
    }
    expect(seen.size).toBe(4);
    expect(episodes).toBeGreaterThan(4);
    expect(
      (await envs.reset({ seed: 1 })).infos.every(({ episodeFrameNumber }) => episodeFrameNumber < 31),
    ).toBe(true);
    await expect(envs.step([0, 0])).rejects.toMatchObject({ code: "INVALID_STATE" });
  });

  it("keeps the frames of games separate when batches contain only some of them", async () => {
    const options = { numEnvs: 4, maxNumFramesPerEpisode: 60, layout: "channelsLast" } as const;
    const all = await create("breakout", options);
    const some = await create("breakout", { ...options, batchSize: 3 });
    const size = all.observationSpace.shape.reduce((a, b) => a * b);
    const seen = [all, some].map(() => Array.from({ length: 4 }, (): string[] => []));
    const note = (
      which: number,
      { envIds, observations }: Pick<AtariVectorStep, "envIds" | "observations">,
    ) =>
      envIds.forEach((id, k) => {
        seen[which][id].push(md5(observations.subarray(k * size, (k + 1) * size)));
      });
    note(0, await all.reset({ seed: 6 }));
    note(1, await some.reset({ seed: 6 }));
    for (let i = 0; i < 60; i++) {
      note(0, await all.step([0, 0, 0, 0]));
      some.send([0, 0, 0]);
      note(1, await some.recv());
    }
    seen[1].forEach((observations, id) => {
      expect(observations.length).toBeGreaterThan(10);
      const count = Math.min(observations.length, seen[0][id].length);
      expect(observations.slice(0, count)).toEqual(seen[0][id].slice(0, count));
    });
  });

  it("repeats games for the same seed, which defaults to that of its options", async () => {
    const envs = await create("ALE/Breakout-v5", { numEnvs: 2, seed: 8 });
    const play = async () => {
      const seen: string[] = [];
      for (let i = 0; i < 30; i++) seen.push(md5((await envs.step(actionsAt(envs, i))).observations));
      return seen;
    };
    const unseeded = md5((await envs.reset()).observations);
    const first = await play();
    expect(md5((await envs.reset({ seed: 8 })).observations)).toBe(unseeded);
    expect(await play()).toEqual(first);
    await envs.reset({ seed: 9 });
    expect(await play()).not.toEqual(first);
  });

  it("checks the order of calls and its arguments, and ends with close()", async () => {
    const envs = await create("ALE/Pong-v5", { numEnvs: 2 });
    expect(envs.actionMeanings).toContain("RIGHTFIRE");
    const code = async (call: () => unknown) => {
      try {
        await call();
      } catch (error) {
        expect(error).toBeInstanceOf(AleError);
        return (error as AleError).code;
      }
      return "none";
    };
    expect(await code(() => envs.send([0, 0]))).toBe("INVALID_STATE");
    expect(await code(() => envs.recv())).toBe("INVALID_STATE");
    expect(await code(() => envs.render(0))).toBe("INVALID_STATE");
    await envs.reset({ seed: 0 });
    expect(envs.render(1)).toMatchObject({ height: 84, width: 84 });
    expect(await code(() => envs.step([0]))).toBe("INVALID_ARGUMENT");
    expect(await code(() => envs.step([0, 6]))).toBe("INVALID_ARGUMENT");
    expect(await code(() => envs.step([0, Number.NaN]))).toBe("INVALID_ARGUMENT");
    expect(await code(() => envs.reset({ seed: -1 }))).toBe("INVALID_ARGUMENT");
    expect(await code(() => envs.reset({ seed: 2 ** 31 }))).toBe("INVALID_ARGUMENT");
    envs.send([0, 0]);
    expect(await code(() => envs.send([0, 0]))).toBe("INVALID_STATE");
    expect(await code(() => envs.reset())).toBe("INVALID_STATE");
    await envs.recv();
    await envs.close();
    await envs.close();
    expect(await ends(envs.pid)).toBe(true);
    expect(await code(() => envs.step([0, 0]))).toBe("INVALID_STATE");
    expect(await code(() => envs.recv())).toBe("INVALID_STATE");
    expect(await code(() => envs.reset())).toBe("INVALID_STATE");
  });
});

describe("options of AtariVectorEnv", () => {
  const message = (id: string, options: object) => {
    try {
      vectorArguments(id, options as AtariVectorOptions);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  it("are those of ale-py's class, with the same defaults", () => {
    const given = vectorArguments("breakout", { numEnvs: 1 });
    expect(given).toMatchObject({ game: "breakout", frameskip: 4, repeat_action_probability: 0 });
    if (!hasAle) return;
    const theirs = python<Record<string, unknown>>(`
import inspect, json
from ale_py.vector_env import AtariVectorEnv
p = inspect.signature(AtariVectorEnv.__init__).parameters
print(json.dumps({k: v.default if v.default is not inspect._empty else None for k, v in p.items() if k != "self"}, default=str))`);
    expect(Object.keys(given).sort()).toEqual(Object.keys(theirs).sort());
    // Batches contain all games; ends and clipping follow the contract of vector environments.
    const own = ["game", "num_envs", "batch_size", "autoreset_mode", "reward_clipping"];
    for (const name of own) delete theirs[name];
    expect(given).toMatchObject(theirs);
  });

  it("use stickiness and frame skip of an id", () => {
    expect(vectorArguments("ALE/Breakout-v5", { numEnvs: 1 })).toMatchObject({
      repeat_action_probability: 0.25,
    });
    expect(vectorArguments("PongNoFrameskip-v4", { numEnvs: 1 })).toMatchObject({
      game: "pong",
      frameskip: 1,
      repeat_action_probability: 0,
    });
    expect(vectorArguments("Pong-v4", { numEnvs: 1, frameskip: 4 })).toMatchObject({ frameskip: 4 });
    expect(message("Pong-v4", { numEnvs: 1 })).toContain("frameskip: expected a number");
  });

  it("are checked by name", () => {
    expect(message("breakout", {})).toContain("numEnvs: expected");
    expect(message("breakout", { numEnvs: 0 })).toContain("numEnvs: expected a positive integer");
    expect(message("breakout", { numEnvs: 2, batchSize: 3 })).toContain(
      "batchSize: expected at most numEnvs",
    );
    expect(message("breakout", { numEnvs: 2, obsType: "ram" })).toContain(
      "obsType: expected one of the options",
    );
    expect(message("breakout", { numEnvs: 2, layout: "nchw" })).toContain("channelsLast");
    expect(message("brekout", { numEnvs: 2 })).toContain("npx ale-bindings list");
  });

  it("interleave is correct for other stacks", () => {
    const from = Uint8Array.from({ length: 12 }, (_, i) => i); // [1, 3, 2, 2]
    const into = new Uint8Array(12);
    interleave(from, into, 3, 2, 2);
    expect([...into]).toEqual([0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11]);
  });
});
