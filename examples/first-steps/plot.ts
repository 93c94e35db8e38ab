/** Plots curves as text. */

/** One curve: its values and the character that draws it. */
export interface Curve {
  /** One value per column. */
  values: ArrayLike<number>;
  /** The character that draws it. */
  mark: string;
}

/** Draws curves with values from -1 to 1, the later ones over the earlier ones. */
export function plot(curves: Curve[], rows = 13): string {
  const columns = Math.max(...curves.map(({ values }) => values.length));
  const canvas = Array.from({ length: rows }, () => new Array<string>(columns).fill(" "));
  for (const { values, mark } of curves) {
    for (let column = 0; column < values.length; column++) {
      const height = Math.min(1, Math.max(-1, values[column]));
      canvas[Math.round(((1 - height) / 2) * (rows - 1))][column] = mark;
    }
  }
  const label = (row: number) => ({ 0: " 1 |", [rows - 1]: "-1 |", [(rows - 1) / 2]: " 0 |" })[row] ?? "   |";
  return canvas.map((line, row) => label(row) + line.join("").trimEnd()).join("\n");
}
