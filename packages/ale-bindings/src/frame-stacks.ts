/** Stacks the last frames of every game, from one new frame per step. */

import { interleave } from "./interleave.js";

/** Keeps `stack` frames of each game, so that only the newest has to come from the emulator. */
export class FrameStacks {
  private readonly plane: number;
  private readonly size: number;
  // Frames by game; within a game the oldest frame has the index `oldest`.
  private readonly pictures: Uint8Array;
  private readonly oldest: Uint32Array;
  // The usual stack of four gray frames side by side: a pixel's four values are one number, the newest on top.
  private readonly packed: Uint32Array | null;
  private readonly ordered: Uint8Array;
  // By game: the newest frame while only `finish` has read it.
  private readonly unsaved: (Uint8Array | null)[];

  /**
   * @param games number of games · @param stack frames per game · @param pixels pixels per frame
   * @param channels bytes per pixel
   * @param channelsLast whether observations are `[pixels, stack * channels]` instead of
   *   `[stack, pixels, channels]`
   */
  constructor(
    games: number,
    private readonly stack: number,
    private readonly pixels: number,
    private readonly channels: number,
    private readonly channelsLast: boolean,
  ) {
    this.plane = pixels * channels;
    this.size = stack * this.plane;
    const packed = channelsLast && stack === 4 && channels === 1;
    this.packed = packed ? new Uint32Array(games * pixels) : null;
    this.pictures = new Uint8Array(packed ? 0 : games * this.size);
    this.oldest = new Uint32Array(games);
    this.unsaved = new Array(games).fill(null);
    this.ordered = new Uint8Array(channelsLast && !packed ? this.size : 0);
  }

  /** Clears the frames of one game: they are black again. */
  clear(game: number): void {
    this.unsaved[game] = null;
    this.packed?.fill(0, game * this.pixels, (game + 1) * this.pixels);
    if (!this.packed) this.pictures.fill(0, game * this.size, (game + 1) * this.size);
  }

  /**
   * Adds the newest frame of a game, drops the oldest, and writes the observation.
   *
   * @param from contains the frame from byte `at` on · @param into receives the observation from byte `to` on, a
   *   multiple of 4 in a buffer that begins at one
   */
  push(game: number, from: Uint8Array, at: number, into: Uint8Array, to: number): void {
    if (this.packed) {
      this.pushPacked(
        this.packed,
        game,
        from,
        at,
        new Uint32Array(into.buffer, into.byteOffset + to, this.pixels),
      );
      return;
    }
    const ordered = this.channelsLast ? this.ordered : into;
    const start = this.channelsLast ? 0 : to;
    const picture = from.subarray(at, at + this.plane);
    this.order(game, 1, ordered, start);
    ordered.set(picture, start + this.size - this.plane);
    this.save(game, picture);
    if (!this.channelsLast) return;
    interleave(ordered, into.subarray(to, to + this.size), this.stack, this.pixels, this.channels);
  }

  /** Whether a part of the next observations can be written before their newest frames arrive. */
  get preparable(): boolean {
    return !this.channelsLast;
  }

  /** Writes the known part of a game's next observation: all but its newest frame, for {@link FrameStacks.finish}. */
  prepare(game: number, into: Uint8Array, to: number): void {
    this.order(game, 1, into, to);
  }

  /**
   * Like {@link FrameStacks.push} after {@link FrameStacks.prepare}: only the newest frame is written. It has
   * to stay in place until the game is prepared again or cleared: it is only copied then, while ALE plays.
   */
  finish(game: number, from: Uint8Array, at: number, into: Uint8Array, to: number): void {
    const picture = from.subarray(at, at + this.plane);
    into.set(picture, to + this.size - this.plane);
    this.unsaved[game] = picture;
  }

  /** Reverts {@link FrameStacks.prepare}: writes the last observation again. */
  restore(game: number, into: Uint8Array, to: number): void {
    this.order(game, 0, into, to);
  }

  /** A copy of a game's last observation. */
  last(game: number): Uint8Array {
    const into = new Uint8Array(this.size);
    if (this.packed) {
      const begin = 4 * game * this.pixels;
      into.set(new Uint8Array(this.packed.buffer, begin, this.size));
    } else if (this.channelsLast) {
      this.order(game, 0, this.ordered, 0);
      interleave(this.ordered, into, this.stack, this.pixels, this.channels);
    } else {
      this.order(game, 0, into, 0);
    }
    return into;
  }

  // The frames of a game from the oldest on, without the first `skip` ones.
  private order(game: number, skip: number, into: Uint8Array, to: number): void {
    const unsaved = this.unsaved[game];
    if (unsaved) this.save(game, unsaved);
    const begin = game * this.size;
    const end = begin + this.size;
    const oldest = begin + this.oldest[game] * this.plane;
    const first = oldest + skip * this.plane;
    into.set(this.pictures.subarray(first, end), to);
    into.set(this.pictures.subarray(begin, oldest), to + end - first);
  }

  private save(game: number, picture: Uint8Array): void {
    this.unsaved[game] = null;
    this.pictures.set(picture, game * this.size + this.oldest[game] * this.plane);
    this.oldest[game] = (this.oldest[game] + 1) % this.stack;
  }

  // All of Node's platforms are little-endian.
  private pushPacked(
    packed: Uint32Array,
    game: number,
    from: Uint8Array,
    at: number,
    into: Uint32Array,
  ): void {
    const begin = game * this.pixels;
    for (let pixel = 0; pixel < into.length; pixel++) {
      const value = (packed[begin + pixel] >>> 8) | (from[at + pixel] << 24);
      packed[begin + pixel] = value;
      into[pixel] = value;
    }
  }
}
