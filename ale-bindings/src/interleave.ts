/** From one picture after the other to all pictures side by side. */

/**
 * Turns `[count, stack, pixels * channels]` into `[count, pixels, stack * channels]`.
 *
 * @param from bytes of the pictures · @param into as many bytes, aligned to 4
 */
export function interleave(
  from: Uint8Array,
  into: Uint8Array,
  stack: number,
  pixels: number,
  channels: number,
): void {
  const size = stack * pixels * channels;
  const count = from.length / size;
  if (stack === 4 && channels === 1) {
    interleaveFour(from, new Uint32Array(into.buffer, into.byteOffset, into.length / 4), pixels, count);
    return;
  }
  for (let game = 0; game < count; game++) {
    for (let layer = 0; layer < stack; layer++) {
      let source = game * size + layer * pixels * channels;
      let target = game * size + layer * channels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let channel = 0; channel < channels; channel++) into[target + channel] = from[source++];
        target += stack * channels;
      }
    }
  }
}

// The usual stack of four gray pictures, one pixel of each at a time (all of Node's platforms are little-endian).
function interleaveFour(from: Uint8Array, into: Uint32Array, pixels: number, count: number): void {
  let target = 0;
  for (let game = 0; game < count; game++) {
    let a = game * 4 * pixels;
    for (let pixel = 0; pixel < pixels; pixel++, a++) {
      into[target++] =
        from[a] | (from[a + pixels] << 8) | (from[a + 2 * pixels] << 16) | (from[a + 3 * pixels] << 24);
    }
  }
}
