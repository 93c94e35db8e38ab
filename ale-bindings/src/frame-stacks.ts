/** The last pictures of every game, made from one new picture a step. */

import { interleave } from "./interleave.js";

/** Remembers `stack` pictures of each game, so that only the newest has to come from the emulator. */
export class FrameStacks {
  private readonly plane: number;
  private readonly size: number;
  // Games one after the other; within a game the oldest picture has the number `oldest`.
  private readonly pictures: Uint8Array;
  private readonly oldest: Uint32Array;
  // The usual stack of four gray pictures side by side: a pixel's four values are one number, the newest on top.
  private readonly packed: Uint32Array | null;
  private readonly ordered: Uint8Array;

  /**
   * @param games how many · @param stack pictures of each · @param pixels of a picture
   * @param channels bytes of a pixel
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
    this.ordered = new Uint8Array(channelsLast && !packed ? this.size : 0);
  }

  /** Forgets the pictures of one game: they are black again. */
  clear(game: number): void {
    this.packed?.fill(0, game * this.pixels, (game + 1) * this.pixels);
    if (!this.packed) this.pictures.fill(0, game * this.size, (game + 1) * this.size);
  }

  /**
   * Adds the newest picture of a game, drops the oldest, and writes the observation.
   *
   * @param from holds the picture from byte `at` on · @param into gets the observation from byte `to` on, a
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
    const begin = game * this.size;
    const split = begin + this.oldest[game] * this.plane;
    this.pictures.set(from.subarray(at, at + this.plane), split);
    this.oldest[game] = (this.oldest[game] + 1) % this.stack;
    const rest = split + this.plane;
    const ordered = this.channelsLast ? this.ordered : into;
    const start = this.channelsLast ? 0 : to;
    ordered.set(this.pictures.subarray(rest, begin + this.size), start);
    ordered.set(this.pictures.subarray(begin, rest), start + begin + this.size - rest);
    if (!this.channelsLast) return;
    interleave(ordered, into.subarray(to, to + this.size), this.stack, this.pixels, this.channels);
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
