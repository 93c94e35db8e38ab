/** Interleaves consecutive frames pixel by pixel. */

/**
 * Converts `[count, stack, pixels * channels]` to `[count, pixels, stack * channels]`.
 *
 * @param from bytes of the frames · @param into output of the same size
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
