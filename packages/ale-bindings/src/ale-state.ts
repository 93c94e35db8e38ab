/** Saved states of the emulator. */

import { invalidArgument } from "./errors.js";

/** An action that a sticky step may repeat. */
export interface StickyAction {
  /** ALE's number of the action. */
  readonly action: number;
  /** Paddle strength of the action. */
  readonly strength: number;
}

/**
 * A saved state, as returned by `ALEInterface.cloneState`. {@link ALEState.serialize} returns ale-py's own
 * bytes, readable by `ale_py.ALEState(bytes)`.
 */
export class ALEState {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  /**
   * @param bytes result of `serialize`, here or in Python
   * @param sticky the action that a sticky step repeats; ALE's bytes do not contain it
   * @throws AleError `INVALID_ARGUMENT` when the bytes are not a state
   */
  constructor(
    bytes: Uint8Array,
    readonly sticky?: StickyAction,
  ) {
    if (bytes.length < 64)
      throw invalidArgument("bytes", `expected a serialised state, received ${bytes.length} bytes`);
    this.bytes = bytes.slice();
    this.view = new DataView(this.bytes.buffer);
  }

  /** A copy of ALE's own serialisation. */
  serialize(): Uint8Array {
    return this.bytes.slice();
  }

  /** Whether both hold the same state. */
  equals(other: ALEState): boolean {
    const { bytes } = this;
    return bytes.length === other.bytes.length && bytes.every((byte, i) => byte === other.bytes[i]);
  }

  /** Number of frames since the ROM was loaded. */
  getFrameNumber(): number {
    return this.view.getInt32(8, true);
  }

  /** Number of frames since the episode began. */
  getEpisodeFrameNumber(): number {
    return this.view.getInt32(12, true);
  }

  /** Mode of the game. */
  getCurrentMode(): number {
    return this.view.getInt32(16, true);
  }

  /** Difficulty of the game. */
  getDifficulty(): number {
    return this.view.getInt32(20, true);
  }
}
