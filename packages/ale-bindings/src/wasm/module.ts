/** The used part of Farama's WebAssembly module of the ALE (`ale.d.ts` of its release). */

/** One emulator inside the module; a class exported by Embind. */
export interface WasmEmulator {
  setBool(key: string, value: boolean): void;
  getBool(key: string): boolean;
  setInt(key: string, value: number): void;
  getInt(key: string): number;
  setFloat(key: string, value: number): void;
  getFloat(key: string): number;
  setString(key: string, value: string): void;
  getString(key: string): string;
  loadROM(path: string): void;
  act(action: number): number;
  resetGame(): void;
  gameOver(): boolean;
  gameTruncated(): boolean;
  lives(): number;
  getFrameNumber(): number;
  getEpisodeFrameNumber(): number;
  getScreenRGB(): Uint8Array | Uint8ClampedArray;
  getScreenGrayscale(): Uint8Array | Uint8ClampedArray;
  getScreenWidth(): number;
  getScreenHeight(): number;
  getRAM(): Uint8Array;
  setRAM(index: number, value: number): void;
  getLegalActionSet(): number[];
  getMinimalActionSet(): number[];
  getAvailableModes(): number[];
  setMode(mode: number): void;
  getMode(): number;
  getAvailableDifficulties(): number[];
  setDifficulty(difficulty: number): void;
  getDifficulty(): number;
  saveState(): Uint8Array;
  loadState(state: Uint8Array): void;
  /** Method of Embind that frees the C++ object. */
  delete?(): void;
}

/** The module, the result of `await createALEModule()`. */
export interface WasmModule {
  /** The emulator's class. */
  ALEInterface: (new () => WasmEmulator) & { getVersion?(): string };
  /** Emscripten's in-memory file system. */
  FS: {
    mkdir(path: string): unknown;
    writeFile(path: string, data: Uint8Array): unknown;
  };
}
