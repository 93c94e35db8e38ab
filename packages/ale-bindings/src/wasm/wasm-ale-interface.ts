/** ALE's own interface over its WebAssembly module: in this thread, also in a browser. */

import { environments } from "../../lib/games.js";
import type { ALE } from "../ale-commands.js";
import { ALEState } from "../ale-state.js";
import { AleError, invalidArgument } from "../errors.js";
import type { WasmEmulator, WasmModule } from "./module.js";

/** ROMs as bytes by the game's name, e.g. `{ breakout: bytes }`. */
export type RomFiles = Readonly<Record<string, Uint8Array | ArrayBuffer>>;

const FOLDER = "/roms";
const INFO = ["display_screen", "sound_obs"];

/**
 * {@link ALEInterface} without Python: the emulator is Farama's WebAssembly module, which you supply together with
 * the ROMs (neither is part of this package). Frames, rewards and memory equal those of ale-py.
 *
 * What the module lacks throws `UNSUPPORTED`: paddle strengths other than 1, palette indices (`getScreen`),
 * sound, PNG files, `isSupportedROM`, and states with the random generator (`cloneState` is always without).
 *
 * @example
 * ```ts
 * const ale = new WasmALEInterface(await createALEModule(), { breakout: romBytes });
 * ale.setInt("random_seed", 1);
 * ale.loadROM("breakout");
 * while (!ale.gameOver()) ale.act(1);
 * ale.close();
 * ```
 */
export class WasmALEInterface implements ALE {
  private emulator: WasmEmulator | null;
  private loaded = false;

  /**
   * @param module result of `createALEModule()`
   * @param roms bytes of ROMs by the names of their games, as ale-py spells them
   * @throws AleError `INVALID_ARGUMENT` when it is not such a module, or a game is unknown
   */
  constructor(
    private readonly module: WasmModule,
    private readonly roms: RomFiles = {},
  ) {
    if (typeof module?.ALEInterface !== "function" || typeof module.FS?.writeFile !== "function") {
      throw invalidArgument("module", "expected ALE's module: the result of await createALEModule()");
    }
    for (const game of Object.keys(roms)) checkGame(game);
    this.emulator = new module.ALEInterface();
  }

  /** Version of the emulator, if known. */
  get version(): string | undefined {
    return this.module.ALEInterface.getVersion?.();
  }

  /** @inheritDoc */
  act(action: number, paddleStrength = 1): number {
    if (!(Number.isInteger(action) && action >= 0 && action < 18)) {
      throw invalidArgument("action", `expected an integer in 0..17, received ${action}`);
    }
    if (paddleStrength !== 1) throw unsupported("a paddle strength other than 1");
    return this.game.act(action);
  }

  /** @inheritDoc */
  resetGame(): void {
    this.game.resetGame();
  }

  /** @inheritDoc */
  gameOver({ withTruncation = true }: { withTruncation?: boolean } = {}): boolean {
    return this.game.gameOver() && (withTruncation || !this.game.gameTruncated());
  }

  /** @inheritDoc */
  gameTruncated(): boolean {
    return this.game.gameTruncated();
  }

  /** @inheritDoc */
  lives(): number {
    return this.game.lives();
  }

  /**
   * Loads a game and starts it with the current settings.
   *
   * @param rom name of a game whose ROM was given
   * @throws AleError `INVALID_ARGUMENT` for an unknown game, `ROM_MISSING` without its ROM
   */
  loadROM(rom: string): void {
    checkGame(rom);
    const given = this.roms[rom];
    if (!given) {
      throw new AleError(
        "ROM_MISSING",
        `rom: the ROM of ${rom} was not given; pass its bytes: new WasmALEInterface(module, { ${rom}: bytes })`,
        { argument: "rom" },
      );
    }
    const bytes = given instanceof Uint8Array ? given : new Uint8Array(given);
    // The module aborts for a file that is not a ROM.
    if (bytes.length < 2048 || bytes.length > 1 << 20) {
      throw invalidArgument("rom", `expected a ROM of at least 2048 bytes, received ${bytes.length} bytes`);
    }
    const { FS } = this.module;
    try {
      FS.mkdir(FOLDER);
    } catch {
      // it already exists
    }
    const path = `${FOLDER}/${rom}.bin`;
    FS.writeFile(path, bytes);
    try {
      this.live.loadROM(path);
    } catch (cause) {
      throw new AleError("EMULATOR", `ALE cannot load the ROM of ${rom}: ${String(cause)}`, { cause });
    }
    this.loaded = true;
  }

  /** Not supported by the module. */
  isSupportedROM(): never {
    throw unsupported("isSupportedROM");
  }

  /** @inheritDoc */
  getLegalActionSet(): number[] {
    return Array.from(this.game.getLegalActionSet());
  }

  /** @inheritDoc */
  getMinimalActionSet(): number[] {
    return Array.from(this.game.getMinimalActionSet());
  }

  /** @inheritDoc */
  getAvailableModes(): number[] {
    return Array.from(this.game.getAvailableModes());
  }

  /** @inheritDoc */
  setMode(mode: number): void {
    choose("mode", mode, this.getAvailableModes());
    this.game.setMode(mode);
  }

  /** @inheritDoc */
  getAvailableDifficulties(): number[] {
    return Array.from(this.game.getAvailableDifficulties());
  }

  /** @inheritDoc */
  setDifficulty(difficulty: number): void {
    choose("difficulty", difficulty, this.getAvailableDifficulties());
    this.game.setDifficulty(difficulty);
  }

  /** @inheritDoc */
  getFrameNumber(): number {
    return this.game.getFrameNumber();
  }

  /** @inheritDoc */
  getEpisodeFrameNumber(): number {
    return this.game.getEpisodeFrameNumber();
  }

  /** @inheritDoc */
  getScreenDims(): [number, number] {
    return [this.game.getScreenHeight(), this.game.getScreenWidth()];
  }

  /** Not supported by the module. */
  getScreen(): never {
    throw unsupported("getScreen");
  }

  /** @inheritDoc */
  getScreenRGB(out?: Uint8Array): Uint8Array {
    return filled(this.game.getScreenRGB(), out);
  }

  /** @inheritDoc */
  getScreenGrayscale(out?: Uint8Array): Uint8Array {
    return filled(this.game.getScreenGrayscale(), out);
  }

  /** @inheritDoc */
  getRAM(out?: Uint8Array): Uint8Array {
    return filled(this.game.getRAM(), out);
  }

  /** @inheritDoc */
  getRAMSize(): number {
    return this.game.getRAM().length;
  }

  /** @inheritDoc */
  setRAM(index: number, value: number): void {
    const size = this.getRAMSize();
    if (!(Number.isInteger(index) && index >= 0 && index < size)) {
      throw invalidArgument("index", `expected an integer in 0..${size - 1}, received ${index}`);
    }
    if (!(Number.isInteger(value) && value >= 0 && value < 256)) {
      throw invalidArgument("value", `expected an integer in 0..255, received ${value}`);
    }
    this.game.setRAM(index, value);
  }

  /** Not supported by the module. */
  getAudio(): never {
    throw unsupported("getAudio");
  }

  /** Not supported by the module. */
  getAudioSize(): never {
    throw unsupported("getAudioSize");
  }

  /** Not supported by the module. */
  setLoggerMode(): never {
    throw unsupported("setLoggerMode");
  }

  /** Not supported by the module. */
  saveScreenPNG(): never {
    throw unsupported("saveScreenPNG");
  }

  /**
   * Saves the game without its random generator.
   *
   * @throws AleError `UNSUPPORTED` with `includeRng`
   */
  cloneState({ includeRng = false }: { includeRng?: boolean } = {}): ALEState {
    if (includeRng) throw unsupported("a state with the random generator");
    return new ALEState(new Uint8Array(this.game.saveState()));
  }

  /** @inheritDoc */
  restoreState(state: ALEState): void {
    this.game.loadState(state.serialize());
  }

  /** Not supported by the module. */
  cloneSystemState(): never {
    throw unsupported("a state with the random generator");
  }

  /** @inheritDoc */
  restoreSystemState(state: ALEState): void {
    this.restoreState(state);
  }

  /** @inheritDoc */
  getBool(key: string): boolean {
    return this.live.getBool(key);
  }

  /** @inheritDoc */
  setBool(key: string, value: boolean): void {
    if (value && INFO.includes(key)) throw unsupported(key);
    this.live.setBool(key, value);
  }

  /** @inheritDoc */
  getInt(key: string): number {
    return this.live.getInt(key);
  }

  /** @inheritDoc */
  setInt(key: string, value: number): void {
    this.live.setInt(key, value);
  }

  /** @inheritDoc */
  getFloat(key: string): number {
    return this.live.getFloat(key);
  }

  /** @inheritDoc */
  setFloat(key: string, value: number): void {
    this.live.setFloat(key, value);
  }

  /** @inheritDoc */
  getString(key: string): string {
    return this.live.getString(key);
  }

  /** @inheritDoc */
  setString(key: string, value: string): void {
    this.live.setString(key, value);
  }

  /** Frees the emulator inside the module. Calling it twice is allowed. */
  close(): void {
    this.emulator?.delete?.();
    this.emulator = null;
  }

  private get live(): WasmEmulator {
    if (!this.emulator) throw new AleError("INVALID_STATE", "the emulator is closed; create a new one");
    return this.emulator;
  }

  private get game(): WasmEmulator {
    const { live } = this;
    if (!this.loaded) throw new AleError("INVALID_STATE", "no ROM is loaded: call loadROM first");
    return live;
  }
}

function checkGame(name: string): void {
  if (!environments().some(({ game }) => game === name)) {
    throw invalidArgument("rom", `ALE knows no game named "${name}"; names are like "space_invaders"`);
  }
}

function choose(name: string, value: number, available: number[]): void {
  if (!available.includes(value)) {
    throw invalidArgument(name, `expected one of [${available.join(", ")}], received ${value}`);
  }
}

function filled(from: Uint8Array | Uint8ClampedArray, out?: Uint8Array): Uint8Array {
  if (!out) return from instanceof Uint8Array ? from : new Uint8Array(from);
  if (out.length !== from.length) {
    throw invalidArgument("out", `expected ${from.length} elements, received ${out.length}`);
  }
  out.set(from);
  return out;
}

function unsupported(what: string): AleError {
  return new AleError("UNSUPPORTED", `ALE's WebAssembly module does not offer ${what}; ALEInterface does`);
}
