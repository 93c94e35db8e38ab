/** Draws the run as a chart. */

/** Metrics of one epoch. */
export interface Point {
  valAccuracy: number;
  meanReturn: number;
}

const [WIDTH, HEIGHT, MARGIN] = [640, 300, 48];
const EPOCH_LABELS = 20;
const quarters = [0, 0.25, 0.5, 0.75, 1];

/** Validation accuracy (left axis) and mean return of a life (right axis) by epoch, as SVG. */
export function drawCurve(points: readonly Point[], title: string): string {
  const most = 4 * tickOf(Math.max(...points.map(({ meanReturn }) => meanReturn)) / 4);
  const every = Math.ceil(points.length / EPOCH_LABELS);
  const x = (i: number) => MARGIN + ((WIDTH - 2 * MARGIN) * (i + 1)) / points.length;
  const y = (share: number) => HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share;
  const line = (share: (point: Point) => number, colour: string) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points
      .map((point, i) => `${x(i).toFixed(1)},${y(share(point)).toFixed(1)}`)
      .join(" ")}"/>`;
  const text = (at: number, row: number, anchor: string, words: string, colour = "#333") =>
    `<text x="${at}" y="${row}" text-anchor="${anchor}" fill="${colour}">${words}</text>`;
  const right = WIDTH - MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(WIDTH / 2, 20, "middle", title),
    `<path d="M${MARGIN} ${MARGIN}V${y(0)}H${right}V${MARGIN}" fill="none" stroke="#999"/>`,
    ...quarters.map((share) => text(MARGIN - 6, y(share) + 4, "end", `${100 * share}%`, "#1b6ca8")),
    ...quarters.map((share) => text(right + 6, y(share) + 4, "start", String(share * most), "#c2571a")),
    text(MARGIN, MARGIN - 10, "start", "validation accuracy", "#1b6ca8"),
    text(right, MARGIN - 10, "end", "mean return of a life", "#c2571a"),
    ...points.flatMap((_, i) =>
      (i + 1) % every === 0 ? [text(x(i), y(0) + 18, "middle", String(i + 1))] : [],
    ),
    text(WIDTH / 2, HEIGHT - 8, "middle", "epoch"),
    line(({ valAccuracy }) => valAccuracy, "#1b6ca8"),
    line(({ meanReturn }) => meanReturn / most, "#c2571a"),
    "</svg>",
    "",
  ].join("\n");
}

// The next larger number of 1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 40, 50, 100, ...
function tickOf(value: number): number {
  if (!(value > 1)) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  const steps = size === 1 ? [1, 2, 3, 4, 5, 10] : [1, 1.5, 2, 2.5, 3, 4, 5, 10];
  return size * (steps.find((step) => step * size >= value) ?? 10);
}
