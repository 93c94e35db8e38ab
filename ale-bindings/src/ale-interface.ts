/** ALE's own interface, frame by frame. */

import { resolve } from "node:path";
import { ALEState, type StickyAction } from "./ale-state.js";
import { invalidArgument } from "./errors.js";
import { AleProcess, Operation, type ProcessOptions, type ProcessVersions } from "./process.js";

/**
 * The Arcade Learning Environment with ale-py's method names; every call waits for its answer.
 * Screens are flat arrays; {@link ALEInterface.getScreenDims} tells their shape.
 *
 * @example
 * ```ts
 * const ale = new ALEInterface();
 * ale.setInt("random_seed", 1);
 * ale.loadROM("breakout");
 * const actions = ale.getMinimalActionSet();
 * while (!ale.gameOver()) ale.act(actions[Math.floor(Math.random() * actions.length)]);
 * ale.close();
 * ```
 */
export class ALEInterface {
  private readonly process: AleProcess;
  private readonly request = Buffer.alloc(16);
  private readonly reply = new Uint8Array(4096);

  /**
   * Starts a Python process of its own.
   *
   * @throws AleError when Python or ale-py is missing
   */
  constructor(options: ProcessOptions = {}) {
    this.process = new AleProcess(options);
    this.request.writeUInt32LE(12, 0);
    this.request.writeUInt32LE(Operation.act, 4);
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.process.pid;
  }

  /** Versions of Python, ale-py and numpy in use. */
  get versions(): ProcessVersions {
    return this.process.versions;
  }

  /**
   * Plays one action for `frame_skip` frames (default 1).
   *
   * @param action one of `0..17`, see `ACTION_MEANINGS`
   * @param paddleStrength part of the paddle's full speed, default 1
   * @returns the reward; 0 without emulating once the game is over
   */
  act(action: number, paddleStrength = 1): number {
    if (!(Number.isInteger(action) && action >= 0 && action < 18)) {
      throw invalidArgument("action", `expected an integer in 0..17, received ${action}`);
    }
    this.request.writeInt32LE(action, 8);
    this.request.writeFloatLE(paddleStrength, 12);
    const reply = this.process.roundTrip(this.request, this.reply);
    return reply[8] | (reply[9] << 8) | (reply[10] << 16) | (reply[11] << 24);
  }

  /** Starts a new game. The random generator goes on: only `loadROM` seeds it. */
  resetGame(): void {
    this.ask("reset_game");
  }

  /** Whether the game is over. `withTruncation` (default true) counts a frame limit too. */
  gameOver(options: { withTruncation?: boolean } = {}): boolean {
    return this.ask("game_over", options.withTruncation ?? true);
  }

  /** Whether a frame limit ended the game. */
  gameTruncated(): boolean {
    return this.ask("game_truncated");
  }

  /** Lives left; 0 in games without lives. */
  lives(): number {
    return this.ask("lives");
  }

  /**
   * Loads a game and starts it with the present settings.
   *
   * @param rom name of a bundled game, e.g. `"space_invaders"`, or path of a ROM file
   * @throws AleError `ROM_MISSING`, or `INVALID_ARGUMENT` when ALE does not know the game
   */
  loadROM(rom: string): void {
    this.ask("loadROM", rom.includes("/") || rom.endsWith(".bin") ? resolve(rom) : rom);
  }

  /** Name of the game whose ROM this file is; `null` when ALE does not support it. */
  isSupportedROM(path: string): string | null {
    return this.ask("isSupportedROM", resolve(path));
  }

  /** All 18 actions. */
  getLegalActionSet(): number[] {
    return this.ask("getLegalActionSet");
  }

  /** The actions that make a difference in this game. */
  getMinimalActionSet(): number[] {
    return this.ask("getMinimalActionSet");
  }

  /** Modes that this game has. */
  getAvailableModes(): number[] {
    return this.ask("getAvailableModes");
  }

  /** Chooses a mode from the next `resetGame` on. */
  setMode(mode: number): void {
    this.ask("setMode", mode);
  }

  /** Difficulties that this game has. */
  getAvailableDifficulties(): number[] {
    return this.ask("getAvailableDifficulties");
  }

  /** Chooses a difficulty; it holds from the next frame on. */
  setDifficulty(difficulty: number): void {
    this.ask("setDifficulty", difficulty);
  }

  /** Frames since the ROM was loaded. */
  getFrameNumber(): number {
    return this.ask("getFrameNumber");
  }

  /** Frames since the game began. */
  getEpisodeFrameNumber(): number {
    return this.ask("getEpisodeFrameNumber");
  }

  /** `[height, width]` of the screen, e.g. `[210, 160]`. */
  getScreenDims(): [number, number] {
    return this.ask("getScreenDims");
  }

  /** Palette indices `[height * width]`, in `out` when given. */
  getScreen(out?: Uint8Array): Uint8Array {
    return this.array("getScreen", out);
  }

  /** Red, green, blue `[height * width * 3]`, in `out` when given. */
  getScreenRGB(out?: Uint8Array): Uint8Array {
    return this.array("getScreenRGB", out);
  }

  /** Luminance `[height * width]`, in `out` when given. */
  getScreenGrayscale(out?: Uint8Array): Uint8Array {
    return this.array("getScreenGrayscale", out);
  }

  /** The console's 128 bytes of memory, in `out` when given. */
  getRAM(out?: Uint8Array): Uint8Array {
    return this.array("getRAM", out);
  }

  /** Size of the console's memory in bytes. */
  getRAMSize(): number {
    return this.ask("getRAMSize");
  }

  /** Writes one byte of the console's memory; `index` in `0..127`, `value` in `0..255`. */
  setRAM(index: number, value: number): void {
    this.ask("setRAM", index, value);
  }

  /** Sound of the last frame, 512 samples; needs the setting `sound_obs` before `loadROM`. */
  getAudio(out?: Uint8Array): Uint8Array {
    return this.array("getAudio", out);
  }

  /** Writes the screen to a PNG file. */
  saveScreenPNG(path: string): void {
    this.ask("saveScreenPNG", resolve(path));
  }

  /**
   * Saves the game. With `includeRng` the random generator and the pending sticky action belong to the
   * state, so that what follows is the same; without (the default) chance goes on.
   */
  cloneState(options: { includeRng?: boolean } = {}): ALEState {
    const { value, raw } = this.process.call<[number, number] | null>("cloneState", [
      options.includeRng ?? false,
    ]);
    const sticky: StickyAction | undefined = value ? { action: value[0], strength: value[1] } : undefined;
    return new ALEState(raw, sticky);
  }

  /**
   * Goes back to a saved state of the same game. The screen shows it from the next frame on, as in ale-py.
   *
   * @throws AleError `INVALID_ARGUMENT` when the state is of another game
   */
  restoreState(state: ALEState): void {
    const sticky = state.sticky ? [state.sticky.action, state.sticky.strength] : null;
    this.process.call("restoreState", [sticky], state.serialize());
  }

  /** {@link ALEInterface.cloneState} with the random generator. */
  cloneSystemState(): ALEState {
    return this.cloneState({ includeRng: true });
  }

  /** {@link ALEInterface.restoreState}. */
  restoreSystemState(state: ALEState): void {
    this.restoreState(state);
  }

  /** A setting that is true or false, e.g. `"color_averaging"`. */
  getBool(key: string): boolean {
    return this.ask("getBool", key);
  }

  /** Sets it; settings take effect at the next `loadROM`. */
  setBool(key: string, value: boolean): void {
    this.ask("setBool", key, value);
  }

  /** A whole number, e.g. `"random_seed"`, `"max_num_frames_per_episode"`. */
  getInt(key: string): number {
    return this.ask("getInt", key);
  }

  /** Sets it; settings take effect at the next `loadROM`. */
  setInt(key: string, value: number): void {
    this.ask("setInt", key, value);
  }

  /** A number: `"repeat_action_probability"` (default 0.25). */
  getFloat(key: string): number {
    return this.ask("getFloat", key);
  }

  /** Sets it; settings take effect at the next `loadROM`. */
  setFloat(key: string, value: number): void {
    this.ask("setFloat", key, value);
  }

  /** A text, e.g. `"record_screen_dir"`. */
  getString(key: string): string {
    return this.ask("getString", key);
  }

  /** Sets it; settings take effect at the next `loadROM`. */
  setString(key: string, value: string): void {
    this.ask("setString", key, value);
  }

  /** Ends the emulator's process. Calling it twice is allowed. */
  close(): void {
    this.process.close();
  }

  private ask<T>(name: string, ...args: unknown[]): T {
    return this.process.call<T>(name, args).value;
  }

  private array(name: string, out?: Uint8Array): Uint8Array {
    const { raw } = this.process.call<number[]>(name);
    if (!out) return raw;
    if (out.length !== raw.length) {
      throw invalidArgument("out", `expected ${raw.length} elements, received ${out.length}`);
    }
    out.set(raw);
    return out;
  }
}
