import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import "../../../src/node/platform.js";
import {
  InvalidArgumentError,
  InvalidStateError,
  NotRegisteredError,
  ShapeError,
} from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { StateRecord, TypedArray } from "../../../src/core/state.js";
import { WorkerVectorEnv } from "../../../src/node/vector/worker-vector-env.js";
import { Discrete } from "../../../src/spaces/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import type { VectorEnv } from "../../../src/vector/vector-env.js";
import type { WorkerVectorEnvOptions } from "../../../src/vector/worker-options.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/record-episode-statistics.js";
import { type FaultOptions, makeCounting } from "./counting-module.js";

const module = new URL("./counting-module.ts", import.meta.url);
const open: VectorEnv[] = [];

function keep<T extends VectorEnv>(envs: T): T {
  open.push(envs);
  return envs;
}

function counting(options: FaultOptions, settings: WorkerVectorEnvOptions): WorkerVectorEnv {
  return keep(new WorkerVectorEnv({ module, export: "makeCounting", options: { ...options } }, settings));
}

function countingHere(options: FaultOptions, numEnvs: number): SyncVectorEnv {
  const factories = Array.from(
    { length: numEnvs },
    (_, i) => () => new RecordEpisodeStatistics(makeCounting(options, i)),
  );
  return new SyncVectorEnv(factories);
}

function digest(array: TypedArray): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return createHash("sha1").update(bytes).digest("hex");
}

// Everything that a vector environment returns in some steps, copied.
async function record(envs: VectorEnv, steps: number, seed: number): Promise<unknown[]> {
  const random = new Random(seed);
  const { actionSpace, numEnvs } = envs;
  const moments: unknown[] = [];
  for (let t = 0; t < steps; t++) {
    const actions = Array.from({ length: numEnvs }, () => actionSpace.sample(random)).flatMap((a) =>
      typeof a === "number" ? [a] : [...a],
    );
    const step = await envs.step(actions);
    const { observations, rewards, terminated, truncated, finalObservations, infos } = step;
    const ends = [rewards, terminated, truncated].map((array) => [...array]);
    const digests = [observations, ...finalObservations].map((array) => array && digest(array));
    moments.push([ends, digests, structuredClone(infos)]);
  }
  return moments;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((envs) => envs.close()));
});

describe("WorkerVectorEnv equals SyncVectorEnv, bit for bit", () => {
  it.each([
    ["CartPole-v1", {}, 5, 2],
    ["Arcade/Breakout-v0", { envOptions: { observation: "features", maxFrames: 300 } }, 3, 3],
    ["Arcade/Breakout-v0", { wrapDeepmind: { numStack: 2, clipReward: "sign" } }, 3, 1],
  ] as const)("%s %j", async (id, options, numEnvs, workers) => {
    const own = options as Partial<WorkerVectorEnvOptions>;
    const settings = { numEnvs, seed: 3, envOptions: own.envOptions, wrapDeepmind: own.wrapDeepmind };
    const many = keep(makeVecEnv(id, { ...settings, workers, kind: "worker" }));
    const again = keep(makeVecEnv(id, { ...settings, workers: 1, kind: "worker" }));
    let one = makeVecEnv(id, settings);
    expect([many.observationSpace, many.actionSpace]).toEqual([one.observationSpace, one.actionSpace]);
    expect(many.actionMeanings).toEqual(one.actionMeanings);
    for (const envs of [again, many]) {
      one = makeVecEnv(id, settings);
      const [first, expected] = [await envs.reset(), await one.reset({ seed: 3 })];
      expect(first.observations).toEqual(expected.observations);
      expect(first.infos).toEqual(expected.infos);
      const played = await record(envs, 150, 1);
      expect(played).toEqual(await record(one, 150, 1));
    }
    const [saved, expected] = [many.getState?.(), one.getState?.()];
    expect(saved).toEqual(expected); // seeds of later episodes and statistics included
  });

  it("in infos of all kinds, final observations and statistics", async () => {
    const options = { length: 4, infos: true };
    const envs = counting(options, { numEnvs: 3, workers: 2 });
    const here = countingHere(options, 3);
    await Promise.all([envs.reset({ seed: 5 }), here.reset({ seed: 5 })]);
    const played = await record(envs, 13, 0);
    expect(played).toEqual(await record(here, 13, 0));
    expect(played[3]).toMatchObject({ 2: [{ episode: { return: 410, length: 4 } }, {}, {}] });
  });

  it("after resets with and without seeds", async () => {
    const envs = counting({}, { numEnvs: 2, workers: 2, seed: 20 });
    expect([...(await envs.reset()).observations]).toEqual([20, 1, 0, 21, 1, 0]);
    expect([...(await envs.reset()).observations]).toEqual([20, 2, 0, 21, 2, 0]);
    expect((await envs.reset({ seed: 3 })).observations).toEqual(Float32Array.of(3, 1, 0, 4, 1, 0));
    expect(envs.getState?.().seeds).toEqual([3, 4]);
  });
});

describe("WorkerVectorEnv saves and restores", () => {
  it("states in the middle of episodes, to and from SyncVectorEnv", async () => {
    const settings = { numEnvs: 3, envOptions: { maxEpisodeSteps: 40 } };
    const make = () => keep(makeVecEnv("CartPole-v1", { ...settings, kind: "worker", workers: 2 }));
    const [one, two] = [make(), make()];
    const [three, four] = [makeVecEnv("CartPole-v1", settings), makeVecEnv("CartPole-v1", settings)];
    await one.reset({ seed: 1 });
    await record(one, 55, 1);
    const saved = one.getState?.() as StateRecord;
    const expected = await record(one, 60, 2);
    two.setState?.(saved);
    three.setState?.(saved);
    expect(two.getState?.()).toEqual(saved);
    expect(await record(two, 60, 2)).toEqual(expected);
    expect(await record(three, 60, 2)).toEqual(expected);
    four.setState?.(two.getState?.() as StateRecord);
    expect(await record(two, 30, 4)).toEqual(await record(four, 30, 4));
  });

  it("not when an environment has no states; rejects those of others", async () => {
    const unsaved = keep(new WorkerVectorEnv({ module }, { numEnvs: 1 }));
    expect([unsaved.getState, unsaved.setState]).toEqual([undefined, undefined]);
    const envs = keep(makeVecEnv("CartPole-v1", { numEnvs: 2, kind: "worker" }));
    const good = envs.getState?.() as StateRecord;
    for (const bad of [{}, { ...good, envs: [] }, { ...good, observations: new Float32Array(4) }]) {
      expect(() => envs.setState?.(bad)).toThrow(InvalidArgumentError);
    }
    await expect(envs.step([0, 0])).rejects.toThrow(/before reset/);
  });
});

describe("WorkerVectorEnv send and recv", () => {
  it("return the first environments that are ready, in their order", async () => {
    const envs = counting({ slow: 300 }, { numEnvs: 4, workers: 4 });
    await envs.reset({ seed: 10 });
    envs.send([0, 0, 0, 0]);
    await expect(envs.step([0, 0, 0, 0])).rejects.toThrow(/under way/);
    const first = await envs.recv(2);
    expect([...first.envIds]).toEqual([0, 1]);
    expect([...first.observations]).toEqual([10, 1, 1, 11, 1, 1]);
    envs.send([1, 2]); // sent to those just received
    expect([...(await envs.recv(1)).envIds]).toEqual([0]);
    expect(() => envs.send([1], [3])).toThrow(/environment 3, which is under way/);
    const rest = await envs.recv();
    expect([...rest.envIds].sort()).toEqual([1, 2, 3]);
    expect([...rest.rewards].sort()).toEqual([101, 101, 102]);
    const copy = rest.observations.slice();
    await envs.step([0, 0, 0, 0]);
    expect(rest.observations).toEqual(copy);
  });

  it("give each environment the same trajectory as alone", async () => {
    const numEnvs = 6;
    const options = { numEnvs, envOptions: { maxEpisodeSteps: 30 } };
    const envs = keep(makeVecEnv("CartPole-v1", { ...options, kind: "worker", workers: 2 }));
    const here = makeVecEnv("CartPole-v1", options);
    await Promise.all([envs.reset({ seed: 2 }), here.reset({ seed: 2 })]);
    // The action depends on the environment and its step, not on the order of arrival.
    const action = (i: number, t: number) => ((i + 3) * (t + 7)) % 2;
    const seen: number[][][] = Array.from({ length: numEnvs }, () => []);
    const expected: number[][][] = Array.from({ length: numEnvs }, () => []);
    for (let t = 0; t < 60; t++) {
      const step = await here.step(Int32Array.from({ length: numEnvs }, (_, i) => action(i, t)));
      for (let i = 0; i < numEnvs; i++) {
        const row = step.observations.slice(4 * i, 4 * i + 4);
        expected[i].push([...row, step.rewards[i], step.truncated[i], ...(step.finalObservations[i] ?? [])]);
      }
    }
    envs.send(Int32Array.from({ length: numEnvs }, (_, i) => action(i, 0)));
    while (seen.some((list) => list.length < 60)) {
      const { envIds, ...step } = await envs.recv(1);
      const [i] = envIds;
      seen[i].push([
        ...step.observations,
        step.rewards[0],
        step.truncated[0],
        ...(step.finalObservations[0] ?? []),
      ]);
      if (seen[i].length < 60) envs.send([action(i, seen[i].length)], [i]);
    }
    expect(seen).toEqual(expected);
  });

  it("reject invalid calls", async () => {
    const envs = counting({}, { numEnvs: 3 });
    expect(() => envs.send([0, 0, 0])).toThrow(/before reset/);
    await envs.reset();
    await expect(envs.recv(1)).rejects.toThrow(InvalidArgumentError);
    for (const ids of [[3], [-1], [0.5], [1, 1]]) {
      expect(() =>
        envs.send(
          ids.map(() => 0),
          ids,
        ),
      ).toThrow(InvalidArgumentError);
    }
    expect(() => envs.send([0], [0, 1])).toThrow(ShapeError);
    expect(() => envs.send([9], [0])).toThrow(InvalidArgumentError);
    envs.send([0], [1]);
    await expect(envs.recv(2)).rejects.toThrow(/1\.\.1/);
    expect(() => envs.getState?.()).toThrow(InvalidStateError);
    expect(() => envs.render(0)).toThrow(InvalidStateError);
    await expect(envs.reset()).rejects.toThrow(InvalidStateError);
    const [one, two] = [envs.recv(), envs.recv()];
    await expect(two).rejects.toThrow(/while another call waits/);
    expect((await one).envIds).toEqual(Int32Array.of(1));
  });
});

describe("WorkerVectorEnv", () => {
  it("makes environments from modules, with wrappers and other action spaces", async () => {
    const wrapper = { module: String(module), export: "clip", options: { clip: 7 } };
    const wrapped = keep(
      makeVecEnv({ module, export: "makeCounting" }, { kind: "worker", numEnvs: 1, wrapper }),
    );
    await wrapped.reset();
    expect([...(await wrapped.step([0])).rewards]).toEqual([7]);
    const pads = keep(makeVecEnv({ module, export: "makePad" }, { kind: "worker", numEnvs: 2 }));
    await pads.reset();
    expect((await pads.step([2, 1, 0, 1])).infos).toEqual([{ sum: 21 }, { sum: 1 }]);
  });

  it("makes environments from ids that a module registers", async () => {
    const options = { kind: "worker", numEnvs: 1, imports: [module], envOptions: { length: 1 } } as const;
    const envs = keep(makeVecEnv("OfModule-v0", options));
    await envs.reset();
    expect((await envs.step([3])).terminated[0]).toBe(1);
  });

  it("renders one environment", async () => {
    const envs = counting({}, { numEnvs: 3, workers: 2 });
    await envs.reset({ seed: 7 });
    expect(envs.render(2)).toEqual({ height: 1, width: 1, data: Uint8Array.of(9, 1, 0) });
    for (const index of [-1, 3, 0.5]) expect(() => envs.render(index)).toThrow(InvalidArgumentError);
  });

  it("names invalid options", async () => {
    const made = (env: ConstructorParameters<typeof WorkerVectorEnv>[0], options: object = {}) =>
      expect(() => keep(new WorkerVectorEnv(env, { numEnvs: 2, workers: 1, ...options })));
    made("CartPole-v9").toThrow(NotRegisteredError);
    made("CartPole-v9", { imports: [module] }).toThrow(/not registered in the worker thread/);
    made("CartPole-v1", { envOptions: { maxSteps: 1 } }).toThrow(InvalidArgumentError);
    made("CartPole-v1", { envOptions: { call: () => 0 } }).toThrow(/plain values/);
    made("CartPole-v1", { wrapper: (env: unknown) => env }).toThrow(/functions cannot be sent/);
    made({ module: "./counting-module.ts" }).toThrow(
      /new URL\("\.\/counting-module\.ts", import\.meta\.url\)/,
    );
    made({ module: new URL("./missing.ts", import.meta.url) }).toThrow(/could not import .*missing\.ts/);
    made({ module, export: "notAFunction" }).toThrow(
      /to export a function "notAFunction"; it exports .*makeCounting/,
    );
    for (const workers of [0, 3, 1.5]) made("CartPole-v1", { workers }).toThrow(/workers: expected .*1\.\.2/);
    made("CartPole-v1", { numEnvs: 0 }).toThrow(InvalidArgumentError);
    made("CartPole-v1", { stepTimeout: 0 }).toThrow(/stepTimeout/);
    made("CartPole-v1", { seed: 0.5 }).toThrow(InvalidArgumentError);
  });

  it("rejects calls at the wrong time", async () => {
    const envs = counting({}, { numEnvs: 2 });
    await expect(envs.step([0, 0])).rejects.toThrow(/before reset/);
    await envs.reset();
    await expect(envs.step([0, 4])).rejects.toThrow(/actions\[1\].*0\.\.3/);
    const [one, two] = [envs.step([0, 0]), envs.step([0, 0])];
    await expect(two).rejects.toThrow(InvalidStateError);
    expect((await one).rewards[0]).toBe(101);
    await envs.close();
    await envs.close();
    await expect(envs.step([0, 0])).rejects.toThrow(/closed/);
    await expect(envs.reset()).rejects.toThrow(InvalidStateError);
    expect(() => envs.getState?.()).toThrow(InvalidStateError);
    expect(envs.actionSpace).toEqual(new Discrete(4));
  });
});
