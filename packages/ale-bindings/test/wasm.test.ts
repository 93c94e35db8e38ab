import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { ALEInterface, AleError, type AtariOptions } from "../src/index.js";
import {
  ALEState,
  WasmALEInterface,
  WasmAtariEnv,
  AleError as WasmError,
  type WasmModule,
} from "../src/wasm/index.js";
import { generateState, PCG64 } from "../src/wasm/numpy-random.js";
import { realModule, toyModule } from "./fake-module.js";
import { hasAle, python } from "./support.js";
import { gymnasium, trace } from "./traces.js";

const rom = new Uint8Array(2048);
const everyRom = { breakout: rom, seaquest: rom, space_invaders: rom, pong: rom };
const code = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as AleError).code;
  }
  return "none";
};

describe("WasmALEInterface", () => {
  const open = () => {
    const { module, log } = toyModule();
    const ale = new WasmALEInterface(module, { breakout: rom });
    return { ale, log };
  };

  it("passes everything on to the module", () => {
    const { ale, log } = open();
    ale.setFloat("repeat_action_probability", 0.5);
    ale.setInt("random_seed", 7);
    ale.setBool("color_averaging", true);
    ale.setString("cpu", "low");
    expect([ale.getFloat("repeat_action_probability"), ale.getInt("random_seed")]).toEqual([0.5, 7]);
    expect([ale.getBool("color_averaging"), ale.getString("cpu")]).toEqual([true, "low"]);
    ale.loadROM("breakout");
    ale.loadROM("breakout"); // the folder is there already
    expect(log.loaded).toEqual(["/roms/breakout.bin", "/roms/breakout.bin"]);
    expect(log.files.get("/roms/breakout.bin")).toBe(2048);
    expect(ale.act(1) + ale.act(0) + ale.act(1)).toBe(2);
    expect([ale.lives(), ale.getFrameNumber(), ale.getEpisodeFrameNumber()]).toEqual([3, 3, 3]);
    expect(ale.getScreenDims()).toEqual([210, 160]);
    expect(ale.getScreenRGB()).toBeInstanceOf(Uint8Array);
    expect(ale.getScreenRGB()[5]).toBe(3);
    const gray = new Uint8Array(210 * 160);
    expect(ale.getScreenGrayscale(gray)).toBe(gray);
    expect(gray[9]).toBe(3);
    expect([ale.getRAMSize(), ale.getRAM()[0]]).toEqual([128, 3]);
    ale.setRAM(5, 77);
    expect(ale.getRAM()[5]).toBe(77);
    ale.setMode(4);
    ale.setDifficulty(1);
    const state = ale.cloneState();
    expect([state.getCurrentMode(), state.getDifficulty(), state.getFrameNumber()]).toEqual([4, 1, 3]);
    for (let i = 0; i < 30; i++) ale.act(0);
    expect([ale.gameOver(), ale.gameTruncated(), ale.lives()]).toEqual([true, false, 0]);
    ale.restoreState(new ALEState(state.serialize()));
    expect([ale.gameOver(), ale.getRAM()[5], ale.getEpisodeFrameNumber()]).toEqual([false, 77, 3]);
    ale.close();
    ale.close();
    expect(log.deleted).toBe(1);
    expect(code(() => ale.act(0))).toBe("INVALID_STATE");
  });

  it("reports what the module does not support, and checks arguments that would abort it", () => {
    const { ale } = open();
    expect(code(() => ale.act(0))).toBe("INVALID_STATE");
    expect(code(() => ale.loadROM("pong"))).toBe("ROM_MISSING");
    expect(code(() => ale.loadROM("no_such_game"))).toBe("INVALID_ARGUMENT");
    expect(code(() => new WasmALEInterface({} as WasmModule))).toBe("INVALID_ARGUMENT");
    expect(code(() => new WasmALEInterface(toyModule().module, { Breakout: rom }))).toBe("INVALID_ARGUMENT");
    const short = new WasmALEInterface(toyModule().module, { breakout: new ArrayBuffer(10) });
    expect(code(() => short.loadROM("breakout"))).toBe("INVALID_ARGUMENT");
    const broken = toyModule();
    broken.module.FS.writeFile = () => {};
    expect(code(() => new WasmALEInterface(broken.module, { breakout: rom }).loadROM("breakout"))).toBe(
      "EMULATOR",
    );
    ale.loadROM("breakout");
    for (const call of [
      () => ale.act(1, 0.5),
      () => ale.getScreen(),
      () => ale.getAudio(),
      () => ale.getAudioSize(),
      () => ale.saveScreenPNG(),
      () => ale.setLoggerMode(),
      () => ale.isSupportedROM(),
      () => ale.cloneSystemState(),
      () => ale.cloneState({ includeRng: true }),
      () => ale.setBool("sound_obs", true),
    ]) {
      expect(code(call)).toBe("UNSUPPORTED");
    }
    for (const call of [
      () => ale.act(18),
      () => ale.setMode(3),
      () => ale.setDifficulty(9),
      () => ale.setRAM(128, 0),
      () => ale.setRAM(0, 256),
      () => ale.getRAM(new Uint8Array(3)),
    ]) {
      expect(code(call)).toBe("INVALID_ARGUMENT");
    }
  });

  it("throws errors of the same class as the main entry", () => {
    expect(new WasmError("EMULATOR", "x")).toBeInstanceOf(AleError);
    expect(new Error("x")).not.toBeInstanceOf(AleError);
  });
});

describe("WasmAtariEnv on a toy game", () => {
  const open = (options: AtariOptions = {}) =>
    new WasmAtariEnv("BreakoutNoFrameskip-v4", {
      module: toyModule().module,
      roms: { breakout: rom },
      ...options,
    });

  it("plays, ends and starts again", () => {
    const env = open({ obsType: "ram", frameskip: 4 });
    expect(env.observationSpace.shape).toEqual([128]);
    expect(env.actionMeanings).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT"]);
    expect(code(() => env.step(0))).toBe("INVALID_STATE");
    expect(env.reset({ seed: 3 }).info.seeds).toEqual([...generateState(3, 2)]);
    const step = env.step(1);
    expect(step).toMatchObject({ reward: 4, terminated: false, info: { lives: 3, frameNumber: 4 } });
    expect(step.observation[0]).toBe(4);
    for (let i = 0; i < 6; i++) env.step(0);
    expect(env.step(0)).toMatchObject({ terminated: true, truncated: false, info: { lives: 0 } });
    expect(code(() => env.step(0))).toBe("INVALID_STATE");
    expect(env.reset().observation[0]).toBe(0);
    for (const action of [-1, 4, 0.5, [0, 0, 0]])
      expect(code(() => env.step(action))).toBe("INVALID_ARGUMENT");
    env.close();
  });

  it("distinguishes a frame limit from an end", () => {
    const env = open({ maxNumFramesPerEpisode: 5 });
    env.reset();
    for (let i = 0; i < 4; i++) env.step(0);
    expect(env.step(0)).toMatchObject({ terminated: false, truncated: true });
  });

  it("continues from a saved state, including random frame skip", () => {
    const env = open({ obsType: "ram", frameskip: [2, 5] });
    env.reset({ seed: 1 });
    env.step(1);
    const state = structuredClone(env.getState());
    const play = () => Array.from({ length: 4 }, () => env.step(1).info.episodeFrameNumber);
    const future = play();
    env.setState(state);
    expect(env.render().data[0]).toBe(state.frame[0]);
    expect(play()).toEqual(future);
    expect(code(() => env.setState({ ...state, game: "pong" }))).toBe("INVALID_ARGUMENT");
    expect(code(() => env.setState({ ...state, frame: 3 }))).toBe("INVALID_ARGUMENT");
  });

  it("rejects options that the module does not support", () => {
    expect(code(() => open({ continuous: true }))).toBe("UNSUPPORTED");
    expect(code(() => open({ obsType: "gray" as never }))).toBe("INVALID_ARGUMENT");
    expect(code(() => new WasmAtariEnv("ALE/Pong-v5", { module: toyModule().module, roms: {} }))).toBe(
      "ROM_MISSING",
    );
  });
});

describe("ale-bindings/wasm", () => {
  it("bundles for browsers without Node", async () => {
    const entry = fileURLToPath(new URL("../src/wasm/index.ts", import.meta.url));
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    expect(outputFiles[0].text).not.toMatch(/from\s*"node:|\bBuffer\b|\bprocess\b/);
  });
});

describe.skipIf(!hasAle)("the WebAssembly backend over ale-py's emulator", () => {
  it("draws the same random numbers as NumPy", () => {
    const expected = python<{ states: number[]; draws: number[] }>(`
import json, numpy as np
states = [int(x) for s in (0, 1, 2**31, 2**53 - 1) for x in np.random.SeedSequence(s).generate_state(2)]
g = np.random.Generator(np.random.PCG64(np.random.SeedSequence(12345)))
draws = [int(g.integers(*b)) for i in range(500) for b in ((2, 5), (0, 1), (1, 4000000000))]
print(json.dumps({"states": states, "draws": draws}))`);
    expect([0, 1, 2 ** 31, 2 ** 53 - 1].flatMap((seed) => [...generateState(seed, 2)])).toEqual(
      expected.states,
    );
    const generator = new PCG64(12345);
    const draws: number[] = [];
    for (let i = 0; i < 500; i++) {
      for (const [low, high] of [
        [2, 5],
        [0, 1],
        [1, 4e9],
      ])
        draws.push(generator.integer(low, high));
    }
    expect(draws).toEqual(expected.draws);
  });

  const cases: [id: string, steps: number, ours: AtariOptions, theirs: Record<string, unknown>][] = [
    ["ALE/Breakout-v5", 200, {}, {}],
    [
      "Seaquest-v0",
      150,
      { obsType: "ram", fullActionSpace: true },
      { obs_type: "ram", full_action_space: true },
    ],
    [
      "ALE/SpaceInvaders-v5",
      150,
      { obsType: "grayscale", mode: 3, difficulty: 1, maxNumFramesPerEpisode: 300 },
      { obs_type: "grayscale", mode: 3, difficulty: 1, max_num_frames_per_episode: 300 },
    ],
  ];
  it.each(cases)("plays %s for %i steps exactly like Gymnasium, with %j", async (id, steps, ours, theirs) => {
    const module = realModule();
    onTestFinished(() => module.close());
    const env = new WasmAtariEnv(id, { module, roms: everyRom, ...ours });
    const reference = gymnasium(id, 42, steps, theirs);
    const mine = await trace(env, 42, steps);
    expect(mine.lines).toEqual(reference.lines);
    expect(mine.seeds).toEqual(reference.seeds);
    expect(env.actionMeanings).toEqual(reference.meanings);
    expect(env.observationSpace.shape).toEqual(reference.shape);
  });

  it("continues from a saved game without sticky actions", () => {
    const module = realModule();
    onTestFinished(() => module.close());
    const env = new WasmAtariEnv("PongNoFrameskip-v4", { module, roms: everyRom, obsType: "ram" });
    env.reset({ seed: 2 });
    for (let i = 0; i < 50; i++) env.step(i % 6);
    const state = env.getState();
    const play = () =>
      Array.from({ length: 100 }, (_, i) => Buffer.from(env.step((i * 5) % 6).observation).toString("hex"));
    const future = play();
    env.setState(state);
    expect(play()).toEqual(future);
  });

  it("has the methods of ALEInterface", () => {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(ALEInterface.prototype)).filter(
      (name) => !["constructor", "ask", "array", "play", "query"].includes(name),
    );
    expect(methods.filter((name) => !(name in WasmALEInterface.prototype))).toEqual([]);
  });
});
