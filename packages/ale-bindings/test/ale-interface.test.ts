import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALEInterface, ALEState } from "../src/index.js";
import { hasAle, python, traceAction } from "./support.js";

/** 1500 frames of Space Invaders with ale-py alone. */
const ALE_PY = `
import hashlib, json
import ale_py
from ale_py import roms
ale = ale_py.ALEInterface()
ale.setLoggerMode(ale_py.LoggerMode.Error)
ale.setInt("random_seed", 11)
ale.setBool("sound_obs", True)
ale.loadROM(roms.get_rom_path("space_invaders"))
actions = ale.getMinimalActionSet()
lines = []
for i in range(1500):
    reward = ale.act(actions[(i * 7 + i // 13 * 5) % len(actions)], 1.0)
    data = b"".join(a.tobytes() for a in (ale.getRAM(), ale.getScreen(), ale.getScreenRGB(), ale.getScreenGrayscale(), ale.getAudio())) if i % 25 == 0 else ale.getRAM().tobytes()
    lines.append(f"{reward} {ale.lives()} {ale.game_over()} {ale.getFrameNumber()} {ale.getEpisodeFrameNumber()} {hashlib.md5(data).hexdigest()}")
    if ale.game_over():
        ale.reset_game()
state = ale.cloneState(include_rng=True).serialize()
print(json.dumps({"lines": lines, "state": state.hex()}))
`;

describe.skipIf(!hasAle)("ALEInterface", () => {
  let ale: ALEInterface;
  beforeAll(() => {
    ale = new ALEInterface();
    ale.setInt("random_seed", 11);
    ale.setBool("sound_obs", true);
    ale.loadROM("space_invaders");
  });
  afterAll(() => ale?.close());

  it("plays 1500 frames like ale-py: screens, memory, sound, state", () => {
    const reference = python<{ lines: string[]; state: string }>(ALE_PY);
    const actions = ale.getMinimalActionSet();
    const lines: string[] = [];
    for (let i = 0; i < 1500; i++) {
      const reward = ale.act(actions[traceAction(i, actions.length)]);
      const data = [ale.getRAM()];
      if (i % 25 === 0) {
        data.push(ale.getScreen(), ale.getScreenRGB(), ale.getScreenGrayscale(), ale.getAudio());
      }
      const over = ale.gameOver() ? "True" : "False";
      const hash = createHash("md5").update(Buffer.concat(data)).digest("hex");
      lines.push(
        `${reward} ${ale.lives()} ${over} ${ale.getFrameNumber()} ${ale.getEpisodeFrameNumber()} ${hash}`,
      );
      if (ale.gameOver()) ale.resetGame();
    }
    expect(lines).toEqual(reference.lines);
    const state = ale.cloneState({ includeRng: true });
    expect(Buffer.from(state.serialize()).toString("hex")).toBe(reference.state);
    expect(state.getFrameNumber()).toBe(ale.getFrameNumber());
    expect(state.getEpisodeFrameNumber()).toBe(ale.getEpisodeFrameNumber());
  });

  it("returns a game's actions, modes and difficulties", () => {
    expect(ale.getScreenDims()).toEqual([210, 160]);
    expect(ale.getRAMSize()).toBe(128);
    expect(ale.getLegalActionSet()).toEqual(Array.from({ length: 18 }, (_, i) => i));
    expect(ale.getMinimalActionSet()).toEqual([0, 1, 3, 4, 11, 12]);
    expect(ale.getAvailableModes()).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(ale.getAvailableDifficulties()).toEqual([0, 1]);
    ale.setMode(2);
    ale.setDifficulty(1);
    expect(() => ale.setMode(99)).toThrow(/Invalid game mode/);
    ale.resetGame();
    expect(ale.cloneState().getCurrentMode()).toBe(2);
    expect(ale.cloneState().getDifficulty()).toBe(1);
  });

  it("reads and writes memory, and fills a given array", () => {
    ale.setRAM(5, 77);
    const memory = new Uint8Array(128);
    expect(ale.getRAM(memory)).toBe(memory);
    expect(memory[5]).toBe(77);
    expect(() => ale.setRAM(128, 0)).toThrow();
    expect(() => ale.getScreenRGB(new Uint8Array(3))).toThrow(/out: expected 100800 elements, received 3/);
    const path = join(mkdtempSync(join(tmpdir(), "ale-")), "screen.png");
    ale.saveScreenPNG(path);
    expect(readFileSync(path).subarray(1, 4).toString()).toBe("PNG");
  });

  it("keeps settings of every type, and rejects unknown ones", () => {
    expect(ale.getFloat("repeat_action_probability")).toBe(0.25);
    expect(ale.getInt("random_seed")).toBe(11);
    expect(ale.getBool("sound_obs")).toBe(true);
    ale.setString("record_screen_dir", "");
    expect(ale.getString("cpu")).toBe("low");
    expect(() => ale.getInt("no_such_setting")).toThrow(/key: expected one of fragsize, frame_skip/);
  });

  it("restores the same future with the generator, and a different one without", () => {
    const game = new ALEInterface();
    game.setInt("random_seed", 3);
    game.setFloat("repeat_action_probability", 0.5);
    game.loadROM("breakout");
    const future = () =>
      Array.from({ length: 200 }, (_, i) => {
        game.act([1, 3, 4, 0][traceAction(i, 4)], 0.5);
        return Buffer.from(game.getRAM()).toString("base64");
      });
    for (let i = 0; i < 30; i++) game.act(i % 2 ? 3 : 1);
    const whole = game.cloneState({ includeRng: true });
    const plain = game.cloneState();
    const first = future();
    game.restoreState(whole);
    expect(game.cloneSystemState().equals(whole)).toBe(true);
    expect(future()).toEqual(first);
    game.restoreState(plain);
    expect(future()).not.toEqual(first);
    game.restoreState(new ALEState(plain.serialize()));
    expect(game.getFrameNumber()).toBe(plain.getFrameNumber());
    expect(() => ale.restoreState(plain)).toThrow(/loaded ROM/);
    expect(() => new ALEState(new Uint8Array(3))).toThrow(/bytes: expected a serialised state/);
    game.close();
  });

  it("throws errors for misuse where ALE itself would abort the process", () => {
    const fresh = new ALEInterface();
    expect(() => fresh.act(0)).toThrow(/loadROM first/);
    expect(() => fresh.lives()).toThrow(/loadROM first/);
    expect(() => fresh.loadROM("no_such_game")).toThrow(/ale-py knows no game/);
    expect(() => fresh.loadROM("/nowhere/breakout.bin")).toThrow(
      expect.objectContaining({ code: "ROM_MISSING", message: expect.stringContaining("npx ale-bindings") }),
    );
    const noise = join(mkdtempSync(join(tmpdir(), "ale-")), "noise.bin");
    writeFileSync(noise, new Uint8Array(2048));
    expect(() => fresh.loadROM(noise)).toThrow(/does not support/);
    expect(fresh.isSupportedROM(noise)).toBeNull();
    expect(() => fresh.act(18)).toThrow(/0\.\.17/);
    fresh.loadROM("pong");
    expect(fresh.act(0)).toBe(0);
    fresh.close();
  });
});
