import { describe, expect, it } from "vitest";
import { drawCurve } from "../../examples/atari-behavior-cloning/curve.js";

const labels = (svg: string, anchor: string, colour: string) =>
  [...svg.matchAll(new RegExp(`text-anchor="${anchor}" fill="${colour}">([^<]*)<`, "g"))].map(
    ([, text]) => text,
  );
const curve = (returns: readonly number[]) =>
  drawCurve(
    returns.map((meanReturn) => ({ valAccuracy: 0.9, meanReturn })),
    "a run",
  );

describe("the curve of behaviour cloning", () => {
  it("has a size and all labels of both axes", () => {
    const svg = curve([3.2, 39, 14.9]);
    expect(svg).toMatch(/^<svg [^>]*width="640" height="300" viewBox="0 0 640 300"/);
    expect(labels(svg, "end", "#1b6ca8")).toEqual(["0%", "25%", "50%", "75%", "100%"]);
    expect(labels(svg, "start", "#c2571a")).toEqual(["0", "10", "20", "30", "40"]);
  });

  it("has round numbers for every score", () => {
    const ticks = (most: number) => labels(curve([most]), "start", "#c2571a").join(" ");
    expect([0, 3, 18, 57, 431].map(ticks)).toEqual([
      "0 1 2 3 4",
      "0 1 2 3 4",
      "0 5 10 15 20",
      "0 15 30 45 60",
      "0 150 300 450 600",
    ]);
  });

  it("labels only as many epochs as fit without overlap", () => {
    const epochs = labels(curve(Array(50).fill(1)), "middle", "#333").filter((text) => /^\d+$/.test(text));
    expect(epochs).toHaveLength(16);
    expect(epochs.at(-1)).toBe("48");
  });
});
