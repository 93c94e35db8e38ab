import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ALEInterface, AleError, AsyncALEInterface, AsyncAtariEnv, AtariEnv } from "../src/index.js";
import { ends, fakePython, hasAle, traceAction } from "./support.js";
import { trace } from "./traces.js";

describe("a start over standard input and output that fails", () => {
  afterEach(() => vi.unstubAllEnvs());
  const failure = async (python: string, startTimeout?: number) => {
    const error = await AsyncALEInterface.create({ python, startTimeout }).catch((reason) => reason);
    expect(error).toBeInstanceOf(AleError);
    return error as AleError;
  };

  it("names the command when there is no Python", async () => {
    expect((await failure("/nonexistent/python")).code).toBe("PYTHON_MISSING");
    expect((await failure("/tmp")).code).toBe("PYTHON_MISSING");
  });

  it("reports the last output and the exit code of a process that dies immediately", async () => {
    const error = await failure(fakePython("echo the interpreter is broken >&2; exit 3"));
    expect(error.code).toBe("PROCESS_DIED");
    expect(error.message).toContain("the interpreter is broken");
    expect(error.message).toContain("exit code 3");
  });

  it("times out for a process that never answers, and ends it", async () => {
    const error = await failure(fakePython("echo $$ >&2; exec sleep 60"), 400);
    expect(error.code).toBe("START_TIMEOUT");
    expect(await ends(Number(/(\d+)\s*$/.exec(error.message)?.[1]))).toBe(true);
  });
});

describe.skipIf(!hasAle)("the classes with promises", () => {
  it("AsyncALEInterface plays like ALEInterface", async () => {
    const async = await AsyncALEInterface.create();
    const sync = new ALEInterface();
    for (const ale of [async, sync]) {
      await ale.setInt("random_seed", 5);
      await ale.setBool("sound_obs", true);
      await ale.loadROM("breakout");
      await ale.setLoggerMode("Warning");
    }
    const lines = async (ale: AsyncALEInterface | ALEInterface) => {
      const seen: string[] = [];
      for (let i = 0; i < 300; i++) {
        const reward = await ale.act(traceAction(i, 4), i % 3 ? 1 : 0.5);
        const hash = createHash("md5").update(await ale.getRAM());
        if (i % 20 === 0) hash.update(await ale.getScreenRGB()).update(await ale.getAudio());
        seen.push(`${reward} ${await ale.lives()} ${await ale.gameOver()} ${hash.digest("hex")}`);
        if (i === 150) await ale.restoreState(await ale.cloneSystemState());
      }
      return seen;
    };
    expect(await lines(async)).toEqual(await lines(sync));
    expect(await async.getAudioSize()).toBe(512);
    expect(await async.getScreenGrayscale(new Uint8Array(210 * 160))).toEqual(sync.getScreenGrayscale());
    await expect(async.loadROM("no_such_game")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(async.act(99)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const both = [async.lives(), async.lives()]; // the second must not be called before the first has been answered
    await expect(both[1]).rejects.toMatchObject({ code: "INVALID_STATE" });
    expect(await both[0]).toBe(sync.lives());
    async.close();
    async.close();
    sync.close();
    await expect(async.lives()).rejects.toMatchObject({ code: "INVALID_STATE" });
    expect(await ends(async.pid)).toBe(true);
  });

  it("AsyncAtariEnv plays like AtariEnv, and states can be exchanged", async () => {
    const options = { obsType: "grayscale", maxNumFramesPerEpisode: 400 } as const;
    const env = await AsyncAtariEnv.create("ALE/SpaceInvaders-v5", options);
    const sync = new AtariEnv("ALE/SpaceInvaders-v5", options);
    expect(await trace(env, 9, 200)).toEqual(await trace(sync, 9, 200));
    expect([env.observationSpace, env.actionSpace]).toEqual([sync.observationSpace, sync.actionSpace]);
    await sync.setState(await env.getState());
    expect(sync.render()).toEqual(await env.render());
    const next = [await env.step(1), sync.step(1)];
    expect(next[0]).toEqual(next[1]);
    env.close();
    sync.close();
    await expect(env.step(0)).rejects.toMatchObject({ code: "INVALID_STATE" });
  });

  it("leaves the event loop free", async () => {
    const env = await AsyncAtariEnv.create("ALE/Breakout-v5", { frameskip: 2000 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    await env.reset({ seed: 0 });
    await env.step(0);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    env.close();
  });
});
