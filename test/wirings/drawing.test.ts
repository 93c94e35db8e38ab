import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
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

  it("has a legend of the existing kinds", () => {
    expect(wiringToSVG(built)).toContain(">command</text>");
    expect(wiringToSVG(new FullyConnected({ units: 3 }).build(1))).not.toContain(">inter</text>");
  });

  it("puts layers from left to right or downwards, everything inside the drawing", () => {
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

  it("escapes names and applies colours", () => {
    const svg = wiringToSVG(built, { sensoryNames: hostile, title: "a < b", colors: { motor: "#123456" } });
    expect(svg).toContain(">a&quot;b</text>");
    expect(svg).toContain(">&lt;script&gt;&amp;</text>");
    expect(svg).toContain("<title>a &lt; b</title>");
    expect(svg).not.toContain("<script>");
    expect(count(svg, /fill="#123456"/g)).toBe(3);
  });
});

describe("wiringToDOT", () => {
  it("has one node per neuron and one edge per synapse, names quoted", () => {
    const dot = wiringToDOT(built, { sensoryNames: hostile });
    expect(count(dot, /fillcolor=/g)).toBe(15);
    expect(count(dot, / -> /g)).toBe(all.length);
    expect(count(dot, /arrowhead=tee/g)).toBe(inhibitory);
    expect(dot).toContain('label="a\\"b"');
    expect(dot).toContain('label="x]; y\\\\"');
    expect(wiringToDOT(built, { direction: "down" })).toContain("rankdir=TB");
  });
});

it("wiringToDOT puts high ranks further apart", () => {
  const gap = (units: number, inputDim: number) =>
    Number(
      /ranksep=([\d.]+);/.exec(new AutoNCP({ units, outputSize: 4, seed: 1 }).build(inputDim).toDOT())?.[1],
    );
  expect(gap(12, 2)).toBe(1);
  expect(gap(64, 20)).toBeGreaterThan(4);
  expect(gap(64, 200)).toBe(8);
});

describe("wiringToMermaid", () => {
  it("has one node per neuron and one edge per synapse, names escaped", () => {
    const text = wiringToMermaid(built, { sensoryNames: hostile });
    expect(count(text, /:::/g)).toBe(15);
    expect(count(text, / --> /g)).toBe(all.length - inhibitory);
    expect(count(text, / --x /g)).toBe(inhibitory);
    expect(text).toContain('sensory_0(("a#34;b"))');
    expect(wiringToMermaid(built, { direction: "down" })).toMatch(/^flowchart TB/);
  });

  it("styles every synapse by number, because crosses take the default colour", () => {
    const text = wiringToMermaid(built);
    const styled = (colour: string) =>
      new RegExp(`linkStyle ([\\d,]+) stroke:${colour}`).exec(text)?.[1].split(",").map(Number);
    const ids = (sign: number) => all.flatMap(({ polarity }, i) => (polarity === sign ? [i] : []));
    expect(styled("#2ca02c")).toEqual(ids(1));
    expect(styled("#d62728")).toEqual(ids(-1));
    expect(text).not.toContain("linkStyle default");
  });

  it("rejects more synapses than Mermaid draws, unless it is configured for them", () => {
    const large = new AutoNCP({ units: 64, outputSize: 8, seed: 1 }).build(20);
    const synapses = large.synapseCount + large.sensorySynapseCount;
    expect(synapses).toBeGreaterThan(500);
    expect(() => wiringToMermaid(large)).toThrow(
      new RegExp(`at most 500 synapses.*received ${synapses}: use wiringToSVG`),
    );
    expect(count(large.toMermaid({ maxEdges: 2000 }), / --[>x] /g)).toBe(synapses);
    expect(() => wiringToMermaid(built, { maxEdges: 0 })).toThrow(InvalidArgumentError);
  });
});
