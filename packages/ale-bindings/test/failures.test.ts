/**
 * Python processes that are killed, exit or stop at random moments: an immediate typed error or a truncated episode,
 * and no process left. `ALE_BINDINGS_KILLS=100` plays more of them.
 */

import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ALEInterface, AleError, AsyncAtariEnv, AtariEnv, AtariVectorEnv } from "../src/index.js";
import { ends, hasAle } from "./support.js";

const KILLS = Number(process.env.ALE_BINDINGS_KILLS ?? 6);
const TIMEOUT = 2500;
// A seeded reset loads the game again, for which the longer limit applies.
const START_TIMEOUT = 20_000;
const RAM = { obsType: "ram", timeout: TIMEOUT, startTimeout: START_TIMEOUT } as const;

/** How the process fails: it is killed, it exits, or it hangs. */
const signals = ["KILL", "TERM", "STOP"] as const;

// From outside, because this thread is blocked waiting for the process.
function soon(signal: string, pid: number, milliseconds: number): void {
  const command = `sleep ${(milliseconds / 1000).toFixed(3)}; kill -${signal} ${pid}`;
  spawn("sh", ["-c", command], { stdio: "ignore", detached: true }).unref();
}

// A separate generator, so that a failing moment can be reproduced.
function moments(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const expectedCode = (signal: string) => (signal === "STOP" ? "PROCESS_HUNG" : "PROCESS_DIED");

function checkFailure(error: unknown, signal: string, seed: number, step: number): void {
  expect(error).toBeInstanceOf(AleError);
  const { code, message, cause, ...where } = error as AleError;
  expect(code, message).toBe(expectedCode(signal));
  expect(where).toMatchObject({ seed, step });
  expect(message).toContain(`seed ${seed}, step ${step}`);
  expect(cause).toBeInstanceOf(Error);
  if (process.platform === "linux" && signal !== "STOP") expect(message).toContain(`SIG${signal}`);
}

describe.skipIf(!hasAle)("a process that fails", { timeout: 30_000 + KILLS * 5000 }, () => {
  it(`throws a typed error with seed and step, within the timeout: ${KILLS} random moments`, async () => {
    const random = moments(1);
    for (let i = 0; i < KILLS; i++) {
      const signal = signals[i % 3];
      const env = new AtariEnv("ALE/Breakout-v5", RAM);
      env.reset({ seed: i });
      soon(signal, env.pid, random(60));
      let step = 0;
      let error: unknown;
      const start = performance.now();
      try {
        for (;;) {
          const { terminated, truncated } = env.step(step % 4);
          step++;
          if (random(7) === 0) env.render();
          if (random(7) === 0) env.setState(env.getState());
          if (!(terminated || truncated)) continue;
          step = 0;
          env.reset({ seed: i });
        }
      } catch (reason) {
        error = reason;
      }
      expect(performance.now() - start).toBeLessThan(START_TIMEOUT + 10_000); // the kill itself may be late
      checkFailure(error, signal, i, step);
      expect(await ends(env.pid)).toBe(true);
      expect(() => env.reset()).toThrow(AleError);
      env.close();
    }
  });

  it(`is replaced with restartOnFailure, its episode truncated: ${KILLS} random moments`, async () => {
    const random = moments(2);
    const env = new AtariEnv("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
    env.reset({ seed: 7 });
    for (let i = 0; i < KILLS; i++) {
      const signal = signals[i % 3];
      const { pid } = env;
      soon(signal, pid, random(60));
      for (let step = 0; ; step++) {
        const { truncated, terminated, reward, info } = env.step(step % 4);
        if (info.failure) {
          expect([truncated, terminated, reward]).toEqual([true, false, 0]);
          checkFailure(info.failure, signal, 7, info.failure.step ?? -1);
          break;
        }
        // A process that fails in a reset is replaced immediately: the new episode starts anyway.
        if ((terminated || truncated) && env.reset().info.failure) break;
      }
      expect(env.reset().info.episodeFrameNumber).toBe(0);
      expect(env.restarts).toBe(i + 1);
      expect(env.pid).not.toBe(pid);
      expect(await ends(pid)).toBe(true);
    }
    env.close();
    expect(await ends(env.pid)).toBe(true);
  });

  it("behaves the same with promises", async () => {
    const env = await AsyncAtariEnv.create("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
    for (const signal of signals) {
      await env.reset({ seed: 3 });
      const { pid } = env;
      soon(signal, pid, 30);
      for (;;) {
        const { info, terminated, truncated } = await env.step(0);
        if (info.failure) {
          checkFailure(info.failure, signal, 3, info.failure.step ?? -1);
          break;
        }
        if ((terminated || truncated) && (await env.reset({ seed: 3 })).info.failure) break;
      }
      expect(await ends(pid)).toBe(true);
    }
    env.close();
    const plain = await AsyncAtariEnv.create("ALE/Breakout-v5", RAM);
    await plain.reset({ seed: 1 });
    process.kill(plain.pid, "SIGKILL");
    const error = await (async () => {
      for (let i = 0; i < 10_000; i++) await plain.step(0);
    })().catch((reason) => reason);
    expect(error).toMatchObject({ code: "PROCESS_DIED", seed: 1 });
  });

  it.each(["fifo", "stdio"] as const)(
    "AtariVectorEnv over %s: all episodes are truncated",
    async (transport) => {
      const options = { numEnvs: 2, transport, timeout: TIMEOUT } as const;
      const envs = await AtariVectorEnv.create("breakout", { ...options, restartOnFailure: true });
      await envs.reset({ seed: 5 });
      for (const signal of signals) {
        const { pid } = envs;
        soon(signal, pid, 30);
        let last = new Uint8Array(0);
        for (;;) {
          const step = await envs.step([0, 0]);
          const { failure } = step.infos[0];
          if (!failure) {
            last = step.observations.slice();
            continue;
          }
          checkFailure(failure, signal, 5, failure.step ?? -1);
          expect([...step.truncated, ...step.terminated, ...step.rewards]).toEqual([1, 1, 0, 0, 0, 0]);
          if (last.length > 0) expect(step.finalObservations[1]).toEqual(last.slice(last.length / 2));
          expect(step.infos.map(({ episodeFrameNumber }) => episodeFrameNumber < 31)).toEqual([true, true]);
          break;
        }
        expect(await ends(pid)).toBe(true);
        await expect(envs.step([1, 1])).resolves.toMatchObject({ truncated: new Uint8Array(2) });
      }
      expect(envs.restarts).toBe(3);
      await envs.close();
      const plain = await AtariVectorEnv.create("breakout", options);
      await plain.reset({ seed: 2 });
      process.kill(plain.pid, "SIGSTOP");
      await expect(plain.step([0, 0])).rejects.toMatchObject({ code: "PROCESS_HUNG", seed: 2, step: 0 });
      await expect(plain.step([0, 0])).rejects.toMatchObject({ code: "PROCESS_HUNG" });
      expect(await ends(plain.pid)).toBe(true);
    },
  );

  it("AtariVectorEnv in parts: each game reports once that its episode was lost, with its own last observation", async () => {
    const options = { numEnvs: 5, batchSize: 2, stackNum: 2, restartOnFailure: true } as const;
    for (const layout of ["channelsFirst", "channelsLast"] as const) {
      const envs = await AtariVectorEnv.create("breakout", { ...options, layout });
      const size = envs.observationSpace.shape.reduce((product, length) => product * length, 1);
      const seen = new Map<number, Uint8Array>();
      const look = ({ envIds, observations }: { envIds: Int32Array; observations: Uint8Array }) =>
        envIds.forEach((game, k) => {
          seen.set(game, observations.slice(k * size, (k + 1) * size));
        });
      look(await envs.reset({ seed: 5 }));
      for (let t = 0; t < 20; t++) {
        envs.send([t % 4, (t + 1) % 4]);
        look(await envs.recv());
      }
      expect(seen.size).toBeGreaterThan(2); // ALE may let one wait for long
      process.kill(envs.pid, "SIGKILL");
      const reported = new Set<number>();
      for (let t = 0; t < 200 && reported.size < seen.size; t++) {
        envs.send([1, 1]);
        const step = await envs.recv();
        if (envs.restarts === 0) look(step); // results from before the failure
        step.envIds.forEach((game, k) => {
          const fresh = envs.restarts === 1 && seen.has(game) && !reported.has(game);
          if (fresh) reported.add(game);
          expect([step.truncated[k], step.terminated[k]]).toEqual([fresh ? 1 : 0, 0]);
          if (fresh) expect([step.rewards[k], step.infos[k].failure?.code]).toEqual([0, "PROCESS_DIED"]);
          const [final, last] = [step.finalObservations[k], seen.get(game)];
          expect(fresh ? final && last && Buffer.compare(final, last) : final).toBe(fresh ? 0 : null);
        });
      }
      expect(reported.size).toBeGreaterThan(2);
      await envs.close();
    }
  });

  it("time between send() and recv() does not count towards the timeout", async () => {
    const envs = await AtariVectorEnv.create("breakout", { numEnvs: 2, timeout: 800 });
    await envs.reset({ seed: 0 });
    envs.send([0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await envs.recv();
    await expect(envs.step([0, 0])).resolves.toMatchObject({ truncated: new Uint8Array(2) });
    await envs.close();
  });

  it("close() while a new process is starting ends that one too", async () => {
    const vector = await AtariVectorEnv.create("breakout", {
      numEnvs: 2,
      transport: "stdio",
      restartOnFailure: true,
    });
    const game = await AsyncAtariEnv.create("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
    for (const [env, step] of [
      [vector, () => vector.step([0, 0])],
      [game, () => game.step(0)],
    ] as const) {
      await env.reset({ seed: 1 });
      const { pid } = env;
      process.kill(pid, "SIGKILL");
      const failed = expect(step()).rejects.toMatchObject({ code: "INVALID_STATE" });
      await ends(pid);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await env.close();
      await failed;
      expect(await ends(env.pid)).toBe(true);
      await expect(env.reset()).rejects.toMatchObject({ code: "INVALID_STATE" });
    }
  });

  it("a failure between two steps is reported by the next step", () => {
    const env = new AtariEnv("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
    env.reset({ seed: 0 });
    env.step(0);
    process.kill(env.pid, "SIGKILL");
    const error = (() => {
      try {
        for (;;) env.render();
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toMatchObject({ code: "PROCESS_DIED", seed: 0, step: 1 });
    expect(env.step(0)).toMatchObject({ truncated: true, info: { failure: { code: "PROCESS_DIED" } } });
    expect(() => env.step(0)).toThrow(/reset/);
    env.close();
  });

  it("a failure in a reset is recovered immediately, with the seed of a replaced process if none is given", () => {
    const play = (seed?: number) => {
      const env = new AtariEnv("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
      env.reset({ seed: 4 });
      process.kill(env.pid, "SIGKILL");
      const { info } = env.reset({ seed });
      expect(info.failure).toMatchObject({ code: "PROCESS_DIED", seed: seed ?? 4, step: 0 });
      const frames: string[] = [];
      for (let i = 0; i < 40; i++) frames.push(Buffer.from(env.step(i % 4).observation).toString("hex"));
      env.close();
      return frames;
    };
    expect(play()).toEqual(play());
    expect(play(9)).toEqual(play(9));
  });

  it("AtariVectorEnv: a failure in a reset without a seed is recovered with reproducible games", async () => {
    const play = async () => {
      const envs = await AtariVectorEnv.create("breakout", { numEnvs: 2, restartOnFailure: true });
      await envs.reset({ seed: 4 });
      process.kill(envs.pid, "SIGKILL");
      const { infos } = await envs.reset();
      expect(infos[1].failure).toMatchObject({ code: "PROCESS_DIED", seed: 4 });
      const frames = infos.map(({ episodeFrameNumber }) => String(episodeFrameNumber));
      for (let t = 0; t < 20; t++) {
        frames.push(Buffer.from((await envs.step([t % 4, t % 3])).observations).toString("base64"));
      }
      await envs.close();
      return frames.join();
    };
    const [one, again] = [await play(), await play()];
    expect(one === again).toBe(true);
  });

  it("seeds of replaced processes are reproducible", () => {
    const play = () => {
      const env = new AtariEnv("ALE/Breakout-v5", { ...RAM, restartOnFailure: true });
      env.reset({ seed: 4 });
      const first = Buffer.from(env.step(1).observation).toString("hex");
      process.kill(env.pid, "SIGKILL");
      while (!env.step(0).truncated);
      env.reset();
      const frames: string[] = [];
      for (let i = 0; i < 60; i++) frames.push(Buffer.from(env.step(i % 4).observation).toString("hex"));
      env.close();
      return { first, frames };
    };
    const [a, b] = [play(), play()];
    expect(a).toEqual(b);
  });

  it("ALEInterface: a process that hangs is ended, later calls fail in the same way; close() ends a stopped one", async () => {
    const ale = new ALEInterface({ timeout: TIMEOUT });
    ale.loadROM("breakout");
    process.kill(ale.pid, "SIGSTOP");
    for (let i = 0; i < 2; i++) {
      expect(() => ale.act(0)).toThrow(expect.objectContaining({ code: "PROCESS_HUNG" }));
    }
    expect(await ends(ale.pid)).toBe(true);
    const other = new ALEInterface();
    process.kill(other.pid, "SIGSTOP");
    other.close();
    expect(await ends(other.pid)).toBe(true);
  });

  it.each([60_000, Number.POSITIVE_INFINITY])(
    "a slow answer within %f ms is not a failure",
    async (timeout) => {
      const options = { obsType: "ram", timeout, startTimeout: timeout } as const;
      const env = new AtariEnv("ALE/Breakout-v5", { ...options, frameskip: 15_000 });
      env.reset({ seed: 0 });
      const start = performance.now();
      env.step(0);
      expect(performance.now() - start).toBeGreaterThan(300); // the watchdog has checked at least once
      expect(() => env.render()).not.toThrow();
      env.close();
      const other = await AsyncAtariEnv.create("ALE/Breakout-v5", options);
      await other.reset({ seed: 0 });
      expect(await other.step(0)).toMatchObject({ reward: 0 });
      other.close();
    },
  );
});
