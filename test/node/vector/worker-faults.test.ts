import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { EnvContractError, InvalidStateError, NonFiniteError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { WorkerLink } from "../../../src/node/vector/worker-link.js";
import { WorkerVectorEnv } from "../../../src/node/vector/worker-vector-env.js";
import { EnvFailedError } from "../../../src/vector/env-failed-error.js";
import { freshSeed } from "../../../src/vector/env-slot.js";
import type { WorkerVectorEnvOptions } from "../../../src/vector/worker-options.js";
import type { Fault, FaultOptions } from "./counting-module.js";

const module = new URL("./counting-module.ts", import.meta.url);
const open: WorkerVectorEnv[] = [];

function make(options: FaultOptions, settings: Partial<WorkerVectorEnvOptions> = {}): WorkerVectorEnv {
  const env = { module, export: "makeCounting", options: { ...options } };
  const envs = new WorkerVectorEnv(env, { numEnvs: 2, workers: 1, ...settings });
  open.push(envs);
  return envs;
}

function linksOf(envs: WorkerVectorEnv): WorkerLink[] {
  return (envs as unknown as { pool: { links: WorkerLink[] } }).pool.links;
}

async function failure(promise: Promise<unknown>): Promise<EnvFailedError> {
  try {
    await promise;
  } catch (error) {
    return error as EnvFailedError;
  }
  throw new Error("expected a failure");
}

async function play(envs: WorkerVectorEnv, steps: number): Promise<void> {
  for (let t = 0; t < steps; t++) await envs.step(new Int32Array(envs.numEnvs));
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((envs) => envs.close()));
});

describe("WorkerVectorEnv when an environment fails", () => {
  it.each<[Fault, string | undefined, RegExp]>([
    ["throw", undefined, /environment 1 \(.*seed 41, step 5\) failed in step: RangeError: out of luck/],
    ["exit", "WORKER_EXITED", /environment 1 \(.*seed 41, step 5\) failed in step: .*exit code 7/],
    ["hang", "STEP_TIMEOUT", /environment 1 \(.*seed 41, step 5\) failed in step: .*within 1000 ms/],
    [
      "function",
      undefined,
      /environment 1 \(.*seed 41, step 5\) failed in step: EnvContractError: info\.call: expected a value that can be sent.* a function/,
    ],
  ])(
    "%s: the error names environment, seed, step and reason; all threads end",
    async (fault, code, message) => {
      const envs = make({ only: 1, at: 5, fault }, fault === "hang" ? { stepTimeout: 1000 } : {});
      await envs.reset({ seed: 40 });
      const error = await failure(play(envs, 9));
      expect(error).toBeInstanceOf(EnvFailedError);
      expect([error.code, error.index, error.seed, error.step]).toEqual(["ENV_FAILED", 1, 41, 5]);
      expect(error.message).toMatch(message);
      if (code) expect(error.cause).toMatchObject({ code });
      expect(linksOf(envs).every((link) => link.ended)).toBe(true);
      await expect(envs.step([0, 0])).rejects.toThrow(InvalidStateError);
      await expect(envs.reset()).rejects.toThrow(/closed environments \(they failed/);
      await envs.close();
    },
  );

  it("keeps the name, code and stack of the environment's error", async () => {
    const envs = make({ only: 0, at: 2, fault: "throw" });
    await envs.reset();
    const { cause } = await failure(play(envs, 3));
    expect(cause).toBeInstanceOf(Error);
    expect(cause).toMatchObject({ name: "RangeError", code: "LUCK", message: "out of luck" });
    expect((cause as Error).stack).toContain("counting-module.ts");
  });

  it("reports invalid results as SyncVectorEnv does", async () => {
    const [nan, short] = [make({ at: 2, fault: "nan" }), make({ at: 2, fault: "short" })];
    await Promise.all([nan.reset({ seed: 8 }), short.reset()]);
    const error = await failure(play(nan, 3));
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error.message).toMatch(/environment 0 \("Counting-v0", seed 8, step 2\): the reward is NaN/);
    expect(await failure(play(short, 3))).toBeInstanceOf(EnvContractError);
  });

  it.each<[Fault, RegExp]>([
    ["throw", /environment 1 .* failed in its construction: RangeError/],
    ["exit", /environment 1 .* failed in its construction: .*the worker thread ended/],
    ["hang", /environment [01] .* failed in its construction: .*within 2000 ms/],
  ])("%s in its construction", (construction, message) => {
    const startTimeout = construction === "hang" ? 2000 : 60_000;
    const act = () => make({ only: 1, construction }, { startTimeout });
    expect(act).toThrow(EnvFailedError);
    expect(act).toThrow(message);
  });

  it.each<Fault>(["throw", "exit"])("%s in a reset, also the one that follows an end", async (inReset) => {
    const [envs, ends] = [make({ only: 1, inReset }), make({ only: 1, inReset, length: 3 })];
    await Promise.all([envs.reset({ seed: 3 }), ends.reset({ seed: 3 })]);
    const error = await failure(envs.reset());
    expect([error.index, error.seed, error.step, error.during]).toEqual([1, 4, 0, "reset"]);
    expect(await failure(play(ends, 4))).toMatchObject({ index: 1, seed: 4, step: 3 });
  });

  it("while idle: the next call throws", async () => {
    const envs = make({ at: 2, fault: "reject", only: 1 });
    await envs.reset({ seed: 1 });
    const error = await failure(
      (async () => {
        await play(envs, 2);
        while (!linksOf(envs)[0].ended) await pause(5);
        await play(envs, 1);
      })(),
    );
    expect(error.cause).toMatchObject({ message: "unseen" });
  });
});

describe("WorkerVectorEnv while the whole process is suspended, as with Ctrl+Z", () => {
  // For 3.5 seconds, in which nothing runs.
  function standStill(): void {
    spawn("sh", ["-c", `sleep 3.5; kill -CONT ${process.pid}`], { stdio: "ignore", detached: true }).unref();
    process.kill(process.pid, "SIGSTOP");
  }

  it.skipIf(process.platform === "win32")("does not consider its threads hung", async () => {
    const envs = make({ at: 1, only: 1, fault: "hang" }, { stepTimeout: 3000 });
    await envs.reset({ seed: 0 });
    let ended = false;
    const failed = failure(envs.step([0, 0])).finally(() => {
      ended = true;
    });
    await pause(1000); // it has checked already
    standStill();
    await pause(400);
    expect(ended).toBe(false);
    expect((await failed).cause).toMatchObject({ code: "STEP_TIMEOUT" }); // later it does
  });
});

describe("WorkerVectorEnv closed in the middle of a step", () => {
  const threads = () => (existsSync("/proc/self/task") ? readdirSync("/proc/self/task").length : 0);

  it.each([false, true])(
    "ends its threads and starts none (restartOnFailure: %s)",
    async (restartOnFailure) => {
      const before = threads();
      const envs = make({ slow: 500 }, { workers: 2, restartOnFailure });
      await envs.reset({ seed: 0 });
      const step = failure(envs.step([0, 0]));
      await pause(50);
      await envs.close();
      expect(await step).toBeInstanceOf(InvalidStateError);
      expect(envs.restarts).toBe(0);
      for (let t = 0; threads() > before && t < 100; t++) await pause(20);
      expect(threads()).toBeLessThanOrEqual(before);
    },
  );
});

describe("WorkerVectorEnv with restartOnFailure", () => {
  it.each<Fault>(["throw", "nan", "exit", "hang"])(
    "%s: truncates the episode and continues",
    async (fault) => {
      const stepTimeout = fault === "hang" ? 1000 : 60_000; // no longer than needed, lest a busy machine be too slow
      const envs = make({ only: 1, at: 3, fault }, { restartOnFailure: true, stepTimeout });
      await envs.reset({ seed: 10 });
      await play(envs, 2);
      const step = await envs.step([0, 0]);
      const lost = fault === "throw" || fault === "nan" ? [1] : [0, 1]; // a thread ends with all of its environments
      for (const i of lost) {
        // Environment 0 had played its step already: its episode is truncated after it.
        expect([step.rewards[i], step.terminated[i], step.truncated[i]]).toEqual([i === 0 ? 103 : 0, 0, 1]);
        expect(step.finalObservations[i]).toEqual(Float32Array.of(10 + i, 1, i === 0 ? 3 : 2));
        const seed = freshSeed(10 + i) as number;
        expect([...step.observations.subarray(3 * i, 3 * i + 3)]).toEqual([...Float32Array.of(seed), 1, 0]);
        expect(step.infos[i]).toMatchObject({ failure: { seed: 10 + i, step: 3 } });
        expect(envs.getState?.().seeds).toContain(seed);
      }
      if (lost.length === 1) expect([step.rewards[0], step.finalObservations[0]]).toEqual([103, null]);
      expect(envs.restarts).toBe(lost.length);
      const next = await envs.step([0, 0]);
      expect(next.rewards[1]).toBe(101);
      expect([...next.truncated]).toEqual([0, 0]);
      await play(envs, 20);
      expect(envs.restarts).toBe(lost.length);
    },
  );

  it("in a reset: requests it from the next thread", async () => {
    const envs = make({ only: 1, inReset: "exit" }, { restartOnFailure: true });
    await envs.reset({ seed: 3 });
    await envs.reset();
    expect(envs.restarts).toBe(2);
    await play(envs, 5);
  });

  it("while idle: the next step reports it", async () => {
    const envs = make({}, { restartOnFailure: true });
    await envs.reset({ seed: 5 });
    await play(envs, 4);
    await linksOf(envs)[0].terminate();
    expect([...envs.observations]).toEqual([5, 1, 4, 6, 1, 4]);
    const step = await envs.step([0, 0]);
    expect([...step.truncated]).toEqual([1, 1]);
    expect(step.finalObservations).toEqual([Float32Array.of(5, 1, 4), Float32Array.of(6, 1, 4)]);
    expect(step.infos[0]).toMatchObject({ failure: { seed: 5 } });
    expect([...(await envs.step([0, 0])).rewards]).toEqual([101, 101]);
  });

  it.each<Fault>(["throw", "exit"])(
    "%s in every first step: stops after three consecutive failures",
    async (fault) => {
      const envs = make({ at: 1, fault, only: 0 }, { restartOnFailure: true, numEnvs: 1 });
      await envs.reset(); // unseeded environments fail every time
      expect(await failure(play(envs, 9))).toBeInstanceOf(EnvFailedError);
      expect(envs.restarts).toBe(3);
    },
  );
});

// Ends threads at random moments: in the middle of steps, between them, by what the environments do themselves.
async function kills(count: number, seed: number, restartOnFailure: boolean): Promise<number> {
  const random = new Random(seed);
  let told = 0;
  let envs: WorkerVectorEnv | undefined;
  for (let n = 0; n < count; n++) {
    const victim = random.integer(2);
    if (!envs || !restartOnFailure) {
      await envs?.close();
      envs = make({ length: 7 }, { numEnvs: 4, workers: 2, restartOnFailure });
      await envs.reset({ seed: n });
    }
    const { restarts } = envs;
    const link = linksOf(envs)[victim];
    const delay = random.uniform(0, 30);
    const kill = pause(delay).then(() => link.terminate());
    const error = await (async () => {
      for (let t = 0; envs.restarts === restarts; t++) {
        const step = await envs.step([0, 0, 0, 0]);
        if (t % 5 === random.integer(5)) await pause(random.integer(3));
        const failed = step.infos.filter((info) => info.failure).length;
        if (envs.restarts > restarts) expect(failed).toBe(2);
      }
    })().catch((reason: unknown) => reason);
    await kill;
    if (restartOnFailure) {
      expect(error).toBeUndefined();
      expect(envs.restarts).toBe(restarts + 2);
      told++;
    } else {
      expect(error).toBeInstanceOf(EnvFailedError);
      expect(error).toMatchObject({ cause: { code: "WORKER_EXITED" } });
      const { index } = error as EnvFailedError;
      expect(Math.floor(index / 2)).toBe(victim);
      told++;
    }
  }
  await envs?.close();
  return told;
}

describe("WorkerVectorEnv whose threads are ended at random times", () => {
  const threads = () => (existsSync("/proc/self/task") ? readdirSync("/proc/self/task").length : 0);
  const count = Number(process.env.KILLS ?? 3);

  it.each([false, true])(
    "never hangs and leaves no thread (restartOnFailure: %s)",
    async (restartOnFailure) => {
      const before = threads();
      expect(await kills(count, 1, restartOnFailure)).toBe(count);
      for (let t = 0; threads() > before && t < 100; t++) await pause(20);
      expect(threads()).toBeLessThanOrEqual(before);
    },
  );
});
