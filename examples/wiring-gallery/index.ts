/**
 * Pictures of several wirings, each as SVG, DOT and Mermaid in `examples/wiring-gallery/out`, and their statistics.
 * Run `node --import tsx examples/wiring-gallery/index.ts`.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { AutoNCP, FullyConnected, NCP, RandomWiring, type Wiring } from "ncps-ts";
import {
  AdjacencyWiring,
  LayeredNCP,
  type SVGOptions,
  wiringStatistics,
  wiringToDOT,
  wiringToMermaid,
  wiringToSVG,
} from "ncps-ts/wirings";
import { commandLine } from "../support/run-example.js";

const usage = `Pictures of wirings, as SVG, DOT and Mermaid

  node --import tsx examples/wiring-gallery/index.ts [options]

  --out FOLDER   where they are written
                 (default examples/wiring-gallery/out)
  --help         this text`;
const byDefault = fileURLToPath(new URL("out", import.meta.url));
const folder = commandLine(usage, (given) => given.text("out", byDefault));

interface Picture extends SVGOptions {
  wiring: Wiring;
  inputDim: number;
}

const pictures: Record<string, Picture> = {
  "auto-ncp": {
    wiring: new AutoNCP({ units: 16, outputSize: 2 }),
    inputDim: 4,
    title: "AutoNCP for CartPole",
    sensoryNames: ["position", "velocity", "angle", "spin"],
    neuronNames: ["left", "right"],
  },
  "ncp-lane-keeping": {
    wiring: new NCP({
      interNeurons: 12,
      commandNeurons: 6,
      motorNeurons: 1,
      sensoryFanout: 4,
      interFanout: 2,
      recurrentCommandSynapses: 4,
      motorFanin: 6,
    }),
    inputDim: 8,
    title: "19 neurons that steer",
    neuronNames: ["steering"],
  },
  "layered-ncp": {
    wiring: new LayeredNCP({
      interNeurons: [12, 8],
      commandNeurons: 6,
      motorNeurons: 2,
      sensoryFanout: 4,
      interFanouts: [3, 3],
      recurrentCommandSynapses: 5,
      motorFanin: 4,
    }),
    inputDim: 5,
    direction: "down",
    title: "Two inter layers",
  },
  "fully-connected": { wiring: new FullyConnected({ units: 6, outputDim: 2 }), inputDim: 3 },
  random: { wiring: new RandomWiring({ units: 10, outputDim: 2, sparsity: 0.8 }), inputDim: 3 },
  // The touch reflex of a worm, much simplified: touch at the head makes it move back, at the tail forward.
  "by-hand": {
    wiring: AdjacencyWiring.fromSynapses({
      units: 4,
      inputDim: 2,
      outputDim: 2,
      layers: [
        [2, 3],
        [0, 1],
      ],
      commandNeurons: [2, 3],
      sensorySynapses: [
        [0, 3, 1],
        [0, 2, -1],
        [1, 2, 1],
        [1, 3, -1],
      ],
      synapses: [
        [2, 0, 1],
        [3, 1, 1],
        [2, 3, -1],
        [3, 2, -1],
      ],
    }),
    inputDim: 2,
    title: "A hand-made wiring",
    sensoryNames: ["head", "tail"],
    neuronNames: ["forward", "backward", "AVB", "AVA"],
  },
};

mkdirSync(folder, { recursive: true });
const rows = Object.entries(pictures).map(([name, { wiring, inputDim, title, ...options }]) => {
  const built = wiring.build(inputDim);
  writeFileSync(`${folder}/${name}.svg`, wiringToSVG(built, { ...options, title }));
  writeFileSync(`${folder}/${name}.dot`, wiringToDOT(built, options));
  writeFileSync(`${folder}/${name}.mmd`, wiringToMermaid(built, options));
  const { neurons, density, inputsWithoutEffect, deadNeurons, ...counts } = wiringStatistics(built);
  const row = {
    neurons: Object.values(neurons).reduce((sum, count) => sum + count, 0),
    synapses: counts.synapses + counts.sensorySynapses,
    "density %": Math.round(100 * density),
    unused: inputsWithoutEffect.length + deadNeurons.length,
  };
  return [name, row] as const;
});
console.table(Object.fromEntries(rows)); // unused: inputs without effect, and neurons that reach no output
console.log(`Pictures (.svg, .dot, .mmd): ${relative(process.cwd(), folder) || "."}`);
