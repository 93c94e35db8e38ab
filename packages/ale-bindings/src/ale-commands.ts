/** ALE's own commands, for every transport. */

import { resolve } from "node:path";
import { ALEState, type StickyAction } from "./ale-state.js";
import { invalidArgument } from "./errors.js";

/** Whether calls are synchronous or return promises. */
export type Mode = "sync" | "async";

/** The result of a call: its value, or a promise of it. */
export type Result<M extends Mode, T> = M extends "async" ? Promise<T> : T;

/**
 * ale-py's method names; {@link ALEInterface} and {@link AsyncALEInterface} have them. Screens are flat arrays;
 * {@link ALECommands.getScreenDims} returns their shape.
 */
export abstract class ALECommands<M extends Mode> {
  /**
   * Plays one action for `frame_skip` frames (default 1).
   *
   * @param action one of `0..17`, see `ACTION_MEANINGS`
   * @param paddleStrength fraction of the paddle's full speed, default 1
   * @returns the reward; 0 without emulating once the game is over
   */
  act(action: number, paddleStrength = 1): Result<M, number> {
    if (!(Number.isInteger(action) && action >= 0 && action < 18)) {
      throw invalidArgument("action", `expected an integer in 0..17, received ${action}`);
    }
    if (!(paddleStrength >= -1 && paddleStrength <= 1)) {
      throw invalidArgument("paddleStrength", `expected a number in -1..1, received ${paddleStrength}`);
    }
    return this.play(action, paddleStrength);
  }

  /** Starts a new game. The random generator continues: only `loadROM` seeds it. */
  resetGame(): Result<M, void> {
    return this.ask("reset_game");
  }

  /** Whether the game is over. `withTruncation` (default true) includes a frame limit. */
  gameOver(options: { withTruncation?: boolean } = {}): Result<M, boolean> {
    return this.ask("game_over", options.withTruncation ?? true);
  }

  /** Whether a frame limit ended the game. */
  gameTruncated(): Result<M, boolean> {
    return this.ask("game_truncated");
  }

  /** Number of lives left; 0 in games without lives. */
  lives(): Result<M, number> {
    return this.ask("lives");
  }

  /**
   * Loads a game and starts it with the current settings.
   *
   * @param rom name of a bundled game, e.g. `"space_invaders"`, or path of a ROM file
   * @throws AleError `ROM_MISSING`, or `INVALID_ARGUMENT` when ALE does not know the game
   */
  loadROM(rom: string): Result<M, void> {
    return this.ask("loadROM", rom.includes("/") || rom.endsWith(".bin") ? resolve(rom) : rom);
  }

  /** Name of the game whose ROM this file is; `null` when ALE does not support it. */
  isSupportedROM(path: string): Result<M, string | null> {
    return this.ask("isSupportedROM", resolve(path));
  }

  /** All 18 actions. */
  getLegalActionSet(): Result<M, number[]> {
    return this.ask("getLegalActionSet");
  }

  /** The actions that have an effect in this game. */
  getMinimalActionSet(): Result<M, number[]> {
    return this.ask("getMinimalActionSet");
  }

  /** Available modes of this game. */
  getAvailableModes(): Result<M, number[]> {
    return this.ask("getAvailableModes");
  }

  /** Sets the mode from the next `resetGame` on. */
  setMode(mode: number): Result<M, void> {
    return this.ask("setMode", mode);
  }

  /** Available difficulties of this game. */
  getAvailableDifficulties(): Result<M, number[]> {
    return this.ask("getAvailableDifficulties");
  }

  /** Sets the difficulty from the next frame on. */
  setDifficulty(difficulty: number): Result<M, void> {
    return this.ask("setDifficulty", difficulty);
  }

  /** Number of frames since the ROM was loaded. */
  getFrameNumber(): Result<M, number> {
    return this.ask("getFrameNumber");
  }

  /** Number of frames since the game began. */
  getEpisodeFrameNumber(): Result<M, number> {
    return this.ask("getEpisodeFrameNumber");
  }

  /** `[height, width]` of the screen, e.g. `[210, 160]`. */
  getScreenDims(): Result<M, [number, number]> {
    return this.ask("getScreenDims");
  }

  /** Palette indices `[height * width]`, in `out` if given. */
  getScreen(out?: Uint8Array): Result<M, Uint8Array> {
    return this.array("getScreen", out);
  }

  /** Red, green, blue `[height * width * 3]`, in `out` if given. */
  getScreenRGB(out?: Uint8Array): Result<M, Uint8Array> {
    return this.array("getScreenRGB", out);
  }

  /** Luminance `[height * width]`, in `out` if given. */
  getScreenGrayscale(out?: Uint8Array): Result<M, Uint8Array> {
    return this.array("getScreenGrayscale", out);
  }

  /** The console's 128 bytes of memory, in `out` if given. */
  getRAM(out?: Uint8Array): Result<M, Uint8Array> {
    return this.array("getRAM", out);
  }

  /** Size of the console's memory in bytes. */
  getRAMSize(): Result<M, number> {
    return this.ask("getRAMSize");
  }

  /** Writes one byte of the console's memory; `index` in `0..127`, `value` in `0..255`. */
  setRAM(index: number, value: number): Result<M, void> {
    return this.ask("setRAM", index, value);
  }

  /** Sound of the last frame, 512 samples; requires the setting `sound_obs` before `loadROM`. */
  getAudio(out?: Uint8Array): Result<M, Uint8Array> {
    return this.array("getAudio", out);
  }

  /** Number of samples that {@link ALECommands.getAudio} returns. */
  getAudioSize(): Result<M, number> {
    return this.ask("getAudioSize");
  }

  /** Sets how much ALE itself prints: `"Info"`, `"Warning"` or `"Error"` (the default here). It goes to the log. */
  setLoggerMode(mode: "Info" | "Warning" | "Error"): Result<M, void> {
    if (!["Info", "Warning", "Error"].includes(mode)) {
      throw invalidArgument("mode", `expected "Info", "Warning" or "Error", received ${String(mode)}`);
    }
    return this.ask("setLoggerMode", mode);
  }

  /** Writes the screen to a PNG file. */
  saveScreenPNG(path: string): Result<M, void> {
    return this.ask("saveScreenPNG", resolve(path));
  }

  /**
   * Saves the game. With `includeRng` the random generator and the pending sticky action are part of the
   * state, so that what follows is the same; without it (the default) randomness continues.
   */
  cloneState(options: { includeRng?: boolean } = {}): Result<M, ALEState> {
    const includeRng = options.includeRng ?? false;
    return this.query<[number, number] | null, ALEState>("cloneState", [includeRng], (value, raw) => {
      const sticky: StickyAction | undefined = value ? { action: value[0], strength: value[1] } : undefined;
      return new ALEState(raw, sticky);
    });
  }

  /**
   * Restores a saved state of the same game. The screen shows it from the next frame on, as in ale-py.
   *
   * @throws AleError `INVALID_ARGUMENT` when the state is from another game
   */
  restoreState(state: ALEState): Result<M, void> {
    const sticky = state.sticky ? [state.sticky.action, state.sticky.strength] : null;
    return this.query("restoreState", [sticky], () => undefined, state.serialize());
  }

  /** Saves the game with the random generator; see {@link ALECommands.cloneState}. */
  cloneSystemState(): Result<M, ALEState> {
    return this.cloneState({ includeRng: true });
  }

  /** Restores a state with the random generator; see {@link ALECommands.restoreState}. */
  restoreSystemState(state: ALEState): Result<M, void> {
    return this.restoreState(state);
  }

  /** Returns a boolean setting, e.g. `"color_averaging"`. */
  getBool(key: string): Result<M, boolean> {
    return this.ask("getBool", key);
  }

  /** Sets a boolean setting; settings take effect at the next `loadROM`. */
  setBool(key: string, value: boolean): Result<M, void> {
    return this.ask("setBool", key, value);
  }

  /** Returns an integer setting, e.g. `"random_seed"`, `"max_num_frames_per_episode"`. */
  getInt(key: string): Result<M, number> {
    return this.ask("getInt", key);
  }

  /** Sets an integer setting; settings take effect at the next `loadROM`. */
  setInt(key: string, value: number): Result<M, void> {
    return this.ask("setInt", key, value);
  }

  /** Returns a numeric setting: `"repeat_action_probability"` (default 0.25). */
  getFloat(key: string): Result<M, number> {
    return this.ask("getFloat", key);
  }

  /** Sets a numeric setting; settings take effect at the next `loadROM`. */
  setFloat(key: string, value: number): Result<M, void> {
    return this.ask("setFloat", key, value);
  }

  /** Returns a string setting, e.g. `"record_screen_dir"`. */
  getString(key: string): Result<M, string> {
    return this.ask("getString", key);
  }

  /** Sets a string setting; settings take effect at the next `loadROM`. */
  setString(key: string, value: string): Result<M, void> {
    return this.ask("setString", key, value);
  }

  /** Plays one checked action. */
  protected abstract play(action: number, paddleStrength: number): Result<M, number>;

  /** Calls a method of the Python side and converts its plain value and bytes. */
  protected abstract query<V, T>(
    name: string,
    args: readonly unknown[],
    read: (value: V, raw: Uint8Array) => T,
    raw?: Uint8Array,
  ): Result<M, T>;

  private ask<T>(name: string, ...args: unknown[]): Result<M, T> {
    return this.query<T, T>(name, args, (value) => value);
  }

  private array(name: string, out?: Uint8Array): Result<M, Uint8Array> {
    return this.query<number[], Uint8Array>(name, [], (_, raw) => {
      if (!out) return raw;
      if (out.length !== raw.length) {
        throw invalidArgument("out", `expected ${raw.length} elements, received ${out.length}`);
      }
      out.set(raw);
      return out;
    });
  }
}

/** ALE's methods without a process: the interface of every backend of the emulator. */
export type ALE = Pick<ALECommands<"sync">, keyof ALECommands<"sync">> & {
  /** Closes the emulator. Calling it twice is allowed. */
  close(): void;
};
