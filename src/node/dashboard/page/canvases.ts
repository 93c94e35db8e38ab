/** Canvases of the game picture and of the neurons over time. */

import type { Frame } from "../../../envs/env.js";

/** Draws a frame in its original size; the page scales it. */
export function drawFrame(canvas: HTMLCanvasElement, { height, width, data }: Frame): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  for (let i = 0, j = 0; i < data.length; i += 3, j += 4) {
    image.data[j] = data[i];
    image.data[j + 1] = data[i + 1];
    image.data[j + 2] = data[i + 2];
    image.data[j + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** A strip in which each column is a point in time: one row per neuron, red above zero, blue below. */
export class ActivityStrip {
  private readonly times: number[] = [];

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Adds the current activities as the rightmost column. */
  add(activity: Float32Array): void {
    const { canvas, times } = this;
    const context = canvas.getContext("2d");
    if (!context) return;
    if (canvas.height !== activity.length) {
      canvas.height = activity.length;
      times.length = 0;
    }
    context.drawImage(canvas, -1, 0);
    const column = new ImageData(1, activity.length);
    activity.forEach((value, i) => {
      const strength = Math.round(255 * Math.min(1, Math.abs(value)));
      column.data.set(
        value > 0 ? [strength, strength >> 2, 0, 255] : [0, strength >> 2, strength, 255],
        i * 4,
      );
    });
    context.putImageData(column, canvas.width - 1, 0);
    times.push(performance.now());
    if (times.length > canvas.width) times.shift();
  }

  /** Age of the leftmost column in seconds; undefined while the strip is not full. */
  get seconds(): number | undefined {
    const { canvas, times } = this;
    return times.length < canvas.width ? undefined : (times[times.length - 1] - times[0]) / 1000;
  }
}
