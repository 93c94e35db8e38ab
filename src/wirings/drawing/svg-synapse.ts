/** Draws the line of a synapse in SVG. */

import { type PlacedNeuron, radius } from "./layout.js";

interface Point {
  x: number;
  y: number;
}

const arrowGap = 2;

/** Path data from the rim of one neuron to the rim of the other. */
export function synapsePath(from: PlacedNeuron, to: PlacedNeuron, down: boolean): string {
  if (from.key === to.key) return loop(from, down);
  const bend = bendOf(from, to, down);
  const start = rim(from, bend, radius);
  const end = rim(to, bend, radius + arrowGap);
  return `M${point(start)}Q${point(bend)} ${point(end)}`;
}

// The point towards which the line starts and from which it ends; adjacent layers have straight lines.
function bendOf(from: PlacedNeuron, to: PlacedNeuron, down: boolean): Point {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const step = to.column - from.column;
  if (step === 1) return middle;
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  if (step === 0) {
    // Within a layer, lines in opposite directions curve to opposite sides.
    const forth = down ? to.x > from.x : to.y > from.y;
    const offset = Math.min(18 + 0.3 * distance, 100) * (forth ? 1 : -1);
    return down ? { x: middle.x, y: middle.y + offset } : { x: middle.x + offset, y: middle.y };
  }
  const offset = 0.12 * distance + 12;
  return down ? { x: middle.x - offset, y: middle.y } : { x: middle.x, y: middle.y - offset };
}

function loop(neuron: PlacedNeuron, down: boolean): string {
  // Above the neuron, or next to it if the layers go downwards.
  const at = (angle: number, distance: number): Point => {
    const turned = ((down ? 0 : -90) + angle) * (Math.PI / 180);
    return { x: neuron.x + distance * Math.cos(turned), y: neuron.y + distance * Math.sin(turned) };
  };
  const control = 2.7 * radius;
  const end = at(35, radius + arrowGap);
  return `M${point(at(-35, radius))}C${point(at(-35, control))} ${point(at(35, control))} ${point(end)}`;
}

function rim(centre: Point, towards: Point, distance: number): Point {
  const length = Math.hypot(towards.x - centre.x, towards.y - centre.y) || 1;
  return {
    x: centre.x + ((towards.x - centre.x) / length) * distance,
    y: centre.y + ((towards.y - centre.y) / length) * distance,
  };
}

function point({ x, y }: Point): string {
  return `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
}
