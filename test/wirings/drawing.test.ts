import { describe, expect, it } from "vitest";
import {
  AutoNCP,
  FullyConnected,
  LayeredNCP,
  synapsesOf,
  wiringToDOT,
  wiringToMermaid,
  wiringToSVG,
} from "../../src/wirings/index.js";

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;
const built = new AutoNCP({ units: 12, outputSize: 2 }).build(3);
const all = synapsesOf(built);
const inhibitory = all.filter(({ polarity }) => polarity < 0).length;
const hostile = ['a"b', "<script>&", "x]; y\\", "#1"];

describe("wiringToSVG", () => {
  it("draws each neuron and each synapse once", () => {
    const svg = wiringToSVG(built, { legend: false });
    expect(count(svg, /<circle /g)).toBe(15);
    expect(count(svg, /marker-end="url\(#inhibitory\)"/g)).toBe(inhibitory);
    expect(count(svg, /marker-end="url\(#excitatory\)"/g)).toBe(all.length - inhibitory);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it("has a legend of the kinds there are", () => {
    expect(wiringToSVG(built)).toContain(">command</text>");
    expect(wiringToSVG(new FullyConnected({ units: 3 }).build(1))).not.toContain(">inter</text>");
  });

  it("puts layers from left to right or downwards, everything inside the picture", () => {
    const wiring = new LayeredNCP({
      interNeurons: [7, 4],
      commandNeurons: 3,
      motorNeurons: 2,
      sensoryFanout: 2,
      interFanouts: [2, 2],
      recurrentCommandSynapses: 3,
      motorFanin: 2,
    }).build(4);
    for (const direction of ["right", "down"] as const) {
      const svg = wiringToSVG(wiring, { direction, legend: false });
      const circles = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [+x, +y]);
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
      const along = direction === "right" ? 0 : 1;
      expect(new Set(circles.map((place) => place[along])).size).toBe(5);
      expect(circles[0][along]).toBeLessThan(circles[circles.length - 1][along]);
      for (const [x, y] of circles) {
        expect(Math.min(x, y, width - x, height - y)).toBeGreaterThan(13);
      }
    }
  });

  it("escapes names and takes colours", () => {
    const svg = wiringToSVG(built, { sensoryNames: hostile, title: "a < b", colors: { motor: "#123456" } });
    expect(svg).toContain(">a&quot;b</text>");
    expect(svg).toContain(">&lt;script&gt;&amp;</text>");
    expect(svg).toContain("<title>a &lt; b</title>");
    expect(svg).not.toContain("<script>");
    expect(count(svg, /fill="#123456"/g)).toBe(3);
  });
});

describe("wiringToDOT", () => {
  it("has one node a neuron and one edge a synapse, names quoted", () => {
    const dot = wiringToDOT(built, { sensoryNames: hostile });
    expect(count(dot, /fillcolor=/g)).toBe(15);
    expect(count(dot, / -> /g)).toBe(all.length);
    expect(count(dot, /arrowhead=tee/g)).toBe(inhibitory);
    expect(dot).toContain('label="a\\"b"');
    expect(dot).toContain('label="x]; y\\\\"');
    expect(wiringToDOT(built, { direction: "down" })).toContain("rankdir=TB");
  });
});

describe("wiringToMermaid", () => {
  it("has one node a neuron and one edge a synapse, names escaped", () => {
    const text = wiringToMermaid(built, { sensoryNames: hostile });
    expect(count(text, /:::/g)).toBe(15);
    expect(count(text, / --> /g)).toBe(all.length - inhibitory);
    expect(count(text, / --x /g)).toBe(inhibitory);
    expect(text).toContain('sensory_0(("a#34;b"))');
    expect(wiringToMermaid(built, { direction: "down" })).toMatch(/^flowchart TB/);
  });

  it("styles the inhibitory synapses", () => {
    const text = wiringToMermaid(built);
    const styled = /linkStyle ([\d,]+) stroke/.exec(text)![1].split(",").map(Number);
    expect(styled).toEqual(all.flatMap(({ polarity }, i) => (polarity < 0 ? [i] : [])));
  });
});
