import { afterEach, describe, expect, it } from "vitest";
import "../../src/node/platform.js";
import type { ResetOptions, ResetResult } from "../../src/envs/env.js";
import { makeVecEnv } from "../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import type { VectorEnv } from "../../src/vector/vector-env.js";
import type { EpisodicLife } from "../../src/wrappers/episodic-life.js";
import { RecordEpisodeStatistics } from "../../src/wrappers/record-episode-statistics.js";
import { TimeLimit } from "../../src/wrappers/time-limit.js";
import { CountingEnv } from "./counting-env.js";
import { LevelEnv } from "./level-module.js";

const open: VectorEnv[] = [];
afterEach(async () => {
  for (const envs of open.splice(0)) await envs.close();
});

const kinds: Record<string, () => VectorEnv> = {
  sync: () =>
    new SyncVectorEnv([0, 1, 2].map(() => () => new TimeLimit(new LevelEnv(), { maxEpisodeSteps: 9 }))),
  worker: () => {
    const module = new URL("./level-module.ts", import.meta.url);
    return makeVecEnv({ module, export: "makeLevel" }, { kind: "worker", numEnvs: 3, workers: 2 });
  },
};

describe.each(Object.keys(kinds))("a vector environment of kind %s", (kind) => {
  const made = () => {
    const envs = kinds[kind]() as Required<VectorEnv>;
    open.push(envs);
    return envs;
  };

  it("passes the options of reset to all environments, for one reset", async () => {
    const envs = made();
    const { infos } = await envs.reset({ seed: 3, options: { level: 7 } });
    expect(infos.map(({ level }) => level)).toEqual([7, 7, 7]);
    expect((await envs.reset()).infos.map(({ level }) => level)).toEqual([0, 0, 0]);
  });

  it("calls methods, and reads and sets fields through wrappers", async () => {
    const envs = made();
    await envs.reset({ seed: 5 });
    expect(envs.call("double", 21)).toEqual([42, 42, 42]);
    envs.setAttr("hardness", 4);
    envs.setAttr("hardness", 9, [1]);
    expect(envs.getAttr("hardness")).toEqual([4, 9, 4]);
    expect((await envs.step(new Int32Array(3))).infos.map(({ hardness }) => hardness)).toEqual([4, 9, 4]);
  });

  it.each<[string, (envs: Required<VectorEnv>) => unknown, RegExp]>([
    ["a field that there is not", (envs) => envs.getAttr("hardnes"), /did you mean hardness\?/],
    ["a method that there is not", (envs) => envs.call("triple"), /"Level-v0"/],
    ["a field as a method", (envs) => envs.call("hardness"), /getAttr\("hardness"\)/],
    ["a method as a field", (envs) => envs.setAttr("double", 1), /call\("double", \.\.\.\)/],
    ["a step behind its back", (envs) => envs.call("step", 0), /called by the vector environment/],
    ["an environment that there is not", (envs) => envs.setAttr("hardness", 1, [3]), /integers in 0\.\.2/],
  ])("rejects %s", (_, reach, message) => {
    const envs = made();
    expect(() => reach(envs)).toThrow(message);
    expect(() => reach(envs)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("is closed at the end of an await using block", async () => {
    const envs = made();
    {
      await using inside = envs as VectorEnv & AsyncDisposable;
      await inside.reset();
    }
    await expect(envs.reset()).rejects.toMatchObject({ code: "INVALID_STATE" });
  });
});

it("worker environments reject values that cannot be sent", async () => {
  const envs = kinds.worker() as Required<VectorEnv>;
  open.push(envs);
  expect(() => envs.call("double", () => 1)).toThrow(/can be sent to worker threads/);
  expect(() => envs.getAttr("handler")).toThrow(/cannot be sent to the main thread/);
  await expect(envs.reset({ options: { f: () => 1 } })).rejects.toThrow(/can be sent to worker threads/);
});

describe("episodes of environments in a SyncVectorEnv", () => {
  const episodesOf = async (make: () => CountingEnv | RecordEpisodeStatistics | EpisodicLife) => {
    const envs = new SyncVectorEnv([make]);
    open.push(envs);
    await envs.reset({ seed: 1 });
    const episodes = [];
    for (let i = 0; i < 6; i++) episodes.push((await envs.step([0])).infos[0].episode);
    return episodes;
  };
  const whole = [undefined, undefined, { return: 306, length: 3 }];

  it("are reported if the environment does not report them", async () => {
    expect(await episodesOf(() => new CountingEnv())).toEqual([
      ...whole,
      undefined,
      undefined,
      { return: 606, length: 3 },
    ]);
  });

  it("are reported once if a wrapper reports them", async () => {
    const env = () => new RecordEpisodeStatistics(new CountingEnv());
    expect((await episodesOf(env)).slice(0, 3)).toEqual(whole);
  });

  it("are those of the environment if it reports them", async () => {
    const env = () =>
      new CountingEnv({
        change: (result, step) =>
          step === 2 ? { ...result, info: { episode: { return: 1, length: 2 } } } : result,
      });
    const own = { return: 1, length: 2 };
    expect(await episodesOf(env)).toEqual([undefined, own, undefined, undefined, own, undefined]);
  });

  it("continue in the middle after restoring a state", async () => {
    const [first, second] = [0, 1].map(() => new SyncVectorEnv([() => new CountingEnv()]));
    open.push(first, second);
    await first.reset({ seed: 1 });
    await first.step([0]);
    second.setState?.(first.getState?.() ?? {});
    await second.step([0]);
    expect((await second.step([0])).infos[0].episode).toEqual({ return: 306, length: 3 });
  });
});

describe("EnvSlot", () => {
  it.each(["step", "reset"] as const)("recognises an asynchronous %s", async (method) => {
    class Late extends CountingEnv {
      override reset(options?: ResetOptions): ResetResult {
        const result = super.reset(options);
        return method === "reset" ? (Promise.resolve(result) as never) : result;
      }
      override step(action: number) {
        return Promise.resolve(super.step(action)) as never;
      }
    }
    const envs = new SyncVectorEnv([() => new Late()]);
    const played = envs.reset().then(() => envs.step([0]));
    await expect(played).rejects.toMatchObject({ code: "ENV_CONTRACT" });
    await expect(played).rejects.toThrow(`${method}() returned a Promise`);
  });
});
