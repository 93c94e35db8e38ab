/** Stand-ins for ALE's WebAssembly module: the same interface as its ale.d.ts. */

import type { ALEState } from "../src/index.js";
import { ALEInterface } from "../src/index.js";
import type { WasmEmulator, WasmModule } from "../src/wasm/index.js";

/**
 * A module whose emulator is ale-py, called through ALEInterface, so that the code above it can be compared with
 * Python.
 */
export function realModule(): WasmModule & { close(): void } {
  const made: ALEInterface[] = [];
  class Emulator implements WasmEmulator {
    private readonly ale = new ALEInterface();
    private readonly states = new Map<string, ALEState>();
    constructor() {
      made.push(this.ale);
    }
    setBool = (key: string, value: boolean) => this.ale.setBool(key, value);
    getBool = (key: string) => this.ale.getBool(key);
    setInt = (key: string, value: number) => this.ale.setInt(key, value);
    getInt = (key: string) => this.ale.getInt(key);
    setFloat = (key: string, value: number) => this.ale.setFloat(key, value);
    getFloat = (key: string) => this.ale.getFloat(key);
    setString = (key: string, value: string) => this.ale.setString(key, value);
    getString = (key: string) => this.ale.getString(key);
    loadROM = (path: string) => this.ale.loadROM(/([a-z0-9_]+)\.bin$/.exec(path)?.[1] ?? path);
    act = (action: number) => this.ale.act(action);
    resetGame = () => this.ale.resetGame();
    gameOver = () => this.ale.gameOver();
    gameTruncated = () => this.ale.gameTruncated();
    lives = () => this.ale.lives();
    getFrameNumber = () => this.ale.getFrameNumber();
    getEpisodeFrameNumber = () => this.ale.getEpisodeFrameNumber();
    getScreenRGB = () => new Uint8ClampedArray(this.ale.getScreenRGB());
    getScreenGrayscale = () => this.ale.getScreenGrayscale();
    getScreenWidth = () => this.ale.getScreenDims()[1];
    getScreenHeight = () => this.ale.getScreenDims()[0];
    getRAM = () => this.ale.getRAM();
    setRAM = (index: number, value: number) => this.ale.setRAM(index, value);
    getLegalActionSet = () => this.ale.getLegalActionSet();
    getMinimalActionSet = () => this.ale.getMinimalActionSet();
    getAvailableModes = () => this.ale.getAvailableModes();
    setMode = (mode: number) => this.ale.setMode(mode);
    getMode = () => this.ale.cloneState().getCurrentMode();
    getAvailableDifficulties = () => this.ale.getAvailableDifficulties();
    setDifficulty = (difficulty: number) => this.ale.setDifficulty(difficulty);
    getDifficulty = () => this.ale.cloneState().getDifficulty();
    saveState = () => {
      const state = this.ale.cloneState();
      const bytes = state.serialize();
      this.states.set(Buffer.from(bytes).toString("base64"), state);
      return bytes;
    };
    loadState = (bytes: Uint8Array) => {
      const state = this.states.get(Buffer.from(bytes).toString("base64"));
      if (!state) throw new Error("unknown state");
      this.ale.restoreState(state);
    };
    delete = () => this.ale.close();
  }
  return {
    ALEInterface: Emulator,
    FS: { mkdir: () => {}, writeFile: () => {} },
    close: () => {
      for (const ale of made) ale.close();
    },
  };
}

/** Records the calls of a {@link toyModule}. */
export interface ToyLog {
  files: Map<string, number>;
  deleted: number;
  loaded: string[];
}

/** A module with a toy game: memory counts frames, action 1 scores, three lives of ten frames each. */
export function toyModule(): { module: WasmModule; log: ToyLog } {
  const log: ToyLog = { files: new Map(), deleted: 0, loaded: [] };
  class Emulator implements WasmEmulator {
    private readonly settings = new Map<string, number | boolean | string>([
      ["repeat_action_probability", 0.25],
      ["max_num_frames_per_episode", 0],
    ]);
    private ram = new Uint8Array(128);
    private frame = 0;
    private episodeFrame = 0;
    private mode = 0;
    private difficulty = 0;
    private readonly get = (key: string) => this.settings.get(key) as never;
    private readonly set = (key: string, value: number | boolean | string) => {
      this.settings.set(key, value);
    };
    setBool = this.set;
    getBool = this.get;
    setInt = this.set;
    getInt = this.get;
    setFloat = this.set;
    getFloat = this.get;
    setString = this.set;
    getString = this.get;
    loadROM(path: string): void {
      if (!log.files.has(path)) throw new Error("exit(1)");
      log.loaded.push(path);
      this.frame = 0;
      this.resetGame();
    }
    act(action: number): number {
      if (this.gameOver()) return 0;
      this.frame++;
      this.episodeFrame++;
      this.ram[0] = this.episodeFrame;
      this.ram[1] = action;
      return action === 1 ? 1 : 0;
    }
    resetGame(): void {
      this.episodeFrame = 0;
      this.ram.fill(0);
    }
    gameOver = () => this.lives() === 0 || this.gameTruncated();
    gameTruncated = () => {
      const limit = this.settings.get("max_num_frames_per_episode") as number;
      return limit > 0 && this.episodeFrame >= limit;
    };
    lives = () => Math.max(0, 3 - Math.floor(this.episodeFrame / 10));
    getFrameNumber = () => this.frame;
    getEpisodeFrameNumber = () => this.episodeFrame;
    getScreenRGB = () => new Uint8ClampedArray(210 * 160 * 3).fill(this.episodeFrame);
    getScreenGrayscale = () => new Uint8Array(210 * 160).fill(this.episodeFrame);
    getScreenWidth = () => 160;
    getScreenHeight = () => 210;
    getRAM = () => this.ram.slice();
    setRAM = (index: number, value: number) => {
      this.ram[index] = value;
    };
    getLegalActionSet = () => Array.from({ length: 18 }, (_, i) => i);
    getMinimalActionSet = () => [0, 1, 3, 4];
    getAvailableModes = () => [0, 4];
    setMode = (mode: number) => {
      this.mode = mode;
    };
    getMode = () => this.mode;
    getAvailableDifficulties = () => [0, 1];
    setDifficulty = (difficulty: number) => {
      this.difficulty = difficulty;
    };
    getDifficulty = () => this.difficulty;
    saveState = () => {
      const state = new Uint8Array(64 + 128);
      const view = new DataView(state.buffer);
      view.setInt32(8, this.frame, true);
      view.setInt32(12, this.episodeFrame, true);
      view.setInt32(16, this.mode, true);
      view.setInt32(20, this.difficulty, true);
      state.set(this.ram, 64);
      return state;
    };
    loadState = (state: Uint8Array) => {
      const view = new DataView(state.buffer, state.byteOffset);
      this.frame = view.getInt32(8, true);
      this.episodeFrame = view.getInt32(12, true);
      this.mode = view.getInt32(16, true);
      this.difficulty = view.getInt32(20, true);
      this.ram = state.slice(64);
    };
    delete = () => {
      log.deleted++;
    };
  }
  let made = false;
  const FS = {
    mkdir: () => {
      if (made) throw new Error("EEXIST");
      made = true;
    },
    writeFile: (path: string, data: Uint8Array) => {
      log.files.set(path, data.length);
    },
  };
  return { module: { ALEInterface: Emulator, FS }, log };
}
