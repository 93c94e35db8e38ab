/** Weights of a CfC in the layout of its kernels, and gradients back in that of the layer. */

/**
 * Columns of `units` side by side, padded each; with `folds` the heads `f | g | a | c` become
 * `f | g | c + rate a`. `factors` (or 0) has the shape of `kernel` and is multiplied with it.
 */
export function padHeads(
  kernel: usize, factors: usize, out: usize, rows: i32, heads: i32, units: i32, padded: i32,
  folds: bool, rate: f32,
): void {
  const columns = heads * units, kept = folds ? 3 : heads;
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < kept; head++) {
      const source = folds && head == 2 ? 3 : head;
      for (let j = 0; j < units; j++) {
        const at = <usize>(row * columns + source * units + j) << 2;
        let value = load<f32>(kernel + at);
        if (factors) value *= load<f32>(factors + at);
        if (folds && head == 2) {
          const other = at - (<usize>units << 2);
          value += rate * load<f32>(kernel + other) * (factors ? load<f32>(factors + other) : 1);
        }
        store<f32>(out, value);
        out += 4;
      }
      for (let j = units; j < padded; j++) {
        store<f32>(out, 0);
        out += 4;
      }
    }
  }
}

/** The reverse of {@link padHeads} for gradients. */
export function unpadHeads(
  gradient: usize, factors: usize, out: usize, rows: i32, heads: i32, units: i32, padded: i32,
  folds: bool, rate: f32,
): void {
  const kept = folds ? 3 : heads;
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const scale: f32 = folds && head == 2 ? rate : 1;
      const source = folds && head >= 2 ? 2 : head;
      let from = gradient + (<usize>((row * kept + source) * padded) << 2);
      for (let j = 0; j < units; j++) {
        let value = scale * load<f32>(from);
        if (factors) {
          value *= load<f32>(factors);
          factors += 4;
        }
        store<f32>(out, value);
        from += 4;
        out += 4;
      }
    }
  }
}
