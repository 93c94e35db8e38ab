import { describe, expect, it } from "vitest";
import {
  AdjacencyWiring,
  AutoNCP,
  FullyConnected,
  LayeredNCP,
  NCP,
  RandomWiring,
  registerWiring,
  type Wiring,
  wiringFromJSON,
  wiringToDOT,
  wiringToMermaid,
  wiringToSVG,
} from "../../src/wirings/index.js";

const ncp = {
  interNeurons: 9,
  commandNeurons: 6,
  motorNeurons: 2,
  sensoryFanout: 4,
  interFanout: 3,
  recurrentCommandSynapses: 4,
  motorFanin: 3,
};
const { interFanout, ...common } = ncp;
const layered = { ...common, interNeurons: [9, 5], interFanouts: [2, 3] };
const list = {
  units: 4,
  inputDim: 3,
  outputDim: 1,
  synapses: [
    [1, 0, 1],
    [2, 1, -1],
    [3, 3, 1],
  ] as [number, number, number][],
  sensorySynapses: [[0, 2, 1]] as [number, number, number][],
  layers: [[2, 3], [1], [0]],
  commandNeurons: [1],
};

const wirings: Wiring[] = [
  new FullyConnected({ units: 6, outputDim: 2, seed: 5, selfConnections: false }),
  new RandomWiring({ units: 12, outputDim: 3, sparsity: 0.6, seed: 9 }),
  new NCP({ ...ncp, seed: 3 }),
  new AutoNCP({ units: 20, outputSize: 3, sparsity: 0.3, seed: 4 }),
  new LayeredNCP({ ...layered, seed: 8 }),
  AdjacencyWiring.fromSynapses(list),
  AdjacencyWiring.from(new AutoNCP({ units: 12, outputSize: 2 }).build(3)),
];

describe("drawing methods", () => {
  it("equal the functions", () => {
    const built = new AutoNCP({ units: 12, outputSize: 2 }).build(3);
    expect(built.toSVG({ legend: false })).toBe(wiringToSVG(built, { legend: false }));
    expect(built.toDOT()).toBe(wiringToDOT(built));
    expect(built.toMermaid({ direction: "down" })).toBe(wiringToMermaid(built, { direction: "down" }));
  });
});

describe.each(wirings.map((wiring) => [wiring.toJSON().type, wiring] as const))("%s", (_, wiring) => {
  const { neuronType: typeOf, wiring: maker, toSVG, toDOT, toMermaid, ...data } = wiring.build(3);
  const types = data.layers.flat().map(typeOf);

  it("returns the same result each time it is built", () => {
    if (!(wiring instanceof AdjacencyWiring)) wiring.build(7);
    const again = wiring.build(3);
    expect(again).toMatchObject(data);
    expect(again.adjacency).not.toBe(data.adjacency);
    expect(maker).toBe(wiring);
    expect([again.toSVG(), again.toDOT(), again.toMermaid()]).toEqual([toSVG(), toDOT(), toMermaid()]);
  });

  it("round-trips through JSON", () => {
    const copy = wiringFromJSON(JSON.parse(JSON.stringify(wiring)));
    expect(copy).toBeInstanceOf(wiring.constructor);
    expect(copy).toEqual(wiring);
    const built = copy.build(3);
    expect(built).toMatchObject(data);
    expect(built.layers.flat().map(built.neuronType)).toEqual(types);
  });

  it("rejects invalid inputs and ids", () => {
    for (const inputDim of [0, -1, 1.5, Number.NaN]) {
      expect(() => wiring.build(inputDim)).toThrow(expect.objectContaining({ argument: "inputDim" }));
    }
    for (const id of [-1, wiring.units, 0.5]) {
      expect(() => typeOf(id)).toThrow(expect.objectContaining({ argument: "id" }));
    }
  });
});

describe("LayeredNCP", () => {
  it("with one inter layer is an NCP", () => {
    const one = new LayeredNCP({ ...common, interNeurons: [9], interFanouts: [3] }).build(5);
    const { wiring: _, neuronType, toSVG, toDOT, toMermaid, ...data } = new NCP(ncp).build(5);
    expect(one).toMatchObject(data);
    expect(data.layers.flat().map(one.neuronType)).toEqual(data.layers.flat().map(neuronType));
  });

  it("connects each layer only to the next one, and command neurons to each other", () => {
    const built = new LayeredNCP(layered).build(5);
    const [first, second, command, motor] = built.layers;
    expect([first.length, second.length, command.length, motor.length]).toEqual([9, 5, 6, 2]);
    const targets = (id: number) =>
      Array.from({ length: built.units }, (_, to) => to).filter(
        (to) => built.adjacency[id * built.units + to] !== 0,
      );
    for (const id of first) expect(second).toEqual(expect.arrayContaining(targets(id)));
    for (const id of second) expect(command).toEqual(expect.arrayContaining(targets(id)));
    for (const id of command) expect([...command, ...motor]).toEqual(expect.arrayContaining(targets(id)));
    for (const id of motor) expect(targets(id)).toEqual([]);
  });
});

describe("invalid options", () => {
  it.each<[string, () => unknown]>([
    ["units", () => new FullyConnected({ units: 0 })],
    ["outputDim", () => new FullyConnected({ units: 4, outputDim: 5 })],
    ["seed", () => new FullyConnected({ units: 4, seed: -1 })],
    ["sparsity", () => new RandomWiring({ units: 4, sparsity: 1 })],
    ["sparsity", () => new AutoNCP({ units: 8, outputSize: 1, sparsity: 0.05 })],
    ["outputSize", () => new AutoNCP({ units: 8, outputSize: 6 })],
    ["seed", () => new AutoNCP({ units: 8, outputSize: 1, seed: 2 ** 32 })],
    ["motorFanin", () => new NCP({ ...ncp, motorFanin: 7 })],
    ["sensoryFanout", () => new NCP({ ...ncp, sensoryFanout: 10 })],
    ["interFanout", () => new NCP({ ...ncp, interFanout: 7 })],
    ["interFanouts", () => new LayeredNCP({ ...layered, interFanouts: [6, 3] })],
    ["interFanouts", () => new LayeredNCP({ ...layered, interFanouts: [2] })],
    ["interNeurons", () => new LayeredNCP({ ...layered, interNeurons: [], interFanouts: [] })],
    ["adjacency", () => new AdjacencyWiring({ adjacency: [[2]], sensoryAdjacency: [[1]] })],
    ["sensoryAdjacency", () => new AdjacencyWiring({ adjacency: [[1]], sensoryAdjacency: [[1, 1]] })],
    ["layers", () => AdjacencyWiring.fromSynapses({ ...list, layers: [[0, 1, 2]] })],
    ["layers", () => AdjacencyWiring.fromSynapses({ ...list, layers: [[0], [1, 2, 3]] })],
    ["commandNeurons", () => AdjacencyWiring.fromSynapses({ ...list, commandNeurons: [0] })],
    ["synapses", () => AdjacencyWiring.fromSynapses({ ...list, synapses: [[4, 0, 1]] })],
    ["synapses", () => AdjacencyWiring.fromSynapses({ ...list, synapses: [[0, 0, 0]] })],
    ["sensorySynapses", () => AdjacencyWiring.fromSynapses({ ...list, sensorySynapses: [[3, 0, 1]] })],
    ["inputDim", () => AdjacencyWiring.fromSynapses(list).build(2)],
    ["type", () => wiringFromJSON({ type: "Ring" })],
    ["type", () => registerWiring("NCP", () => wirings[0])],
  ])("throw an error that names the argument %s", (argument, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", argument }));
  });
});

describe("options from files", () => {
  const json = (text: string) => JSON.parse(text);
  const unreadable = '{"toString":1,"valueOf":1}';

  it.each<[string, string]>([
    ["options", "null"],
    ["options", '"NCP"'],
    ["type", "{}"],
    ["type", `{"type":${unreadable}}`],
    ["type", '{"type":"constructor"}'],
    ["interNeurons", '{"type":"LayeredNCP","interNeurons":3,"interFanouts":[1]}'],
    ["interNeurons", '{"type":"NCP"}'],
    ["adjacency", '{"type":"AdjacencyWiring","adjacency":{},"sensoryAdjacency":[]}'],
    ["adjacency[0]", '{"type":"AdjacencyWiring","adjacency":[null],"sensoryAdjacency":[[1]]}'],
    ["adjacency", '{"type":"AdjacencyWiring","adjacency":[["1"]],"sensoryAdjacency":[[1]]}'],
    ["adjacency", `{"type":"AdjacencyWiring","adjacency":[[${unreadable}]],"sensoryAdjacency":[[1]]}`],
    ["layers", '{"type":"AdjacencyWiring","adjacency":[[1]],"sensoryAdjacency":[[1]],"layers":5}'],
    [
      "layers",
      `{"type":"AdjacencyWiring","adjacency":[[1]],"sensoryAdjacency":[[1]],"layers":[[${unreadable}]]}`,
    ],
    [
      "commandNeurons",
      '{"type":"AdjacencyWiring","adjacency":[[1]],"sensoryAdjacency":[[1]],"commandNeurons":{}}',
    ],
    ["sparsity", `{"type":"RandomWiring","units":4,"sparsity":${unreadable}}`],
    ["sparsity", '{"type":"AutoNCP","units":9,"outputSize":1,"sparsity":"0.5"}'],
    ["seed", `{"type":"RandomWiring","units":4,"seed":${unreadable}}`],
    ["selfConnections", '{"type":"FullyConnected","units":4,"selfConnections":0}'],
    ["units", `{"type":"FullyConnected","units":${unreadable}}`],
  ])("throw an error that names %s: %s", (argument, text) => {
    expect(() => wiringFromJSON(json(text))).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", argument }),
    );
  });

  it.each<[string, () => unknown]>([
    ["units", () => new FullyConnected({ units: 1e6 })],
    ["units", () => new FullyConnected({ units: 1449 })],
    ["units", () => new RandomWiring({ units: 20_000 })],
    ["units", () => new RandomWiring({ units: 4096, sparsity: 0.5 })],
    ["units", () => new AutoNCP({ units: 5000, outputSize: 1 })],
    ["units", () => new NCP({ ...ncp, interNeurons: 4095 })],
    ["recurrentCommandSynapses", () => new NCP({ ...ncp, recurrentCommandSynapses: 1e9 })],
    ["recurrentCommandSynapses", () => new LayeredNCP({ ...layered, recurrentCommandSynapses: 1e9 })],
    ["units", () => new LayeredNCP({ ...layered, interNeurons: [9, 1e6] })],
    ["inputDim", () => new AutoNCP({ units: 4000, outputSize: 1 }).build(1e9)],
    ["inputDim", () => AdjacencyWiring.fromSynapses({ ...list, inputDim: 1e9 })],
    ["units", () => AdjacencyWiring.fromSynapses({ ...list, units: 1e6 })],
  ])("that are too large are rejected immediately: %s", (argument, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", argument }));
  });

  it("do not accept JavaScript property names or negative indices as neurons", () => {
    for (const synapse of [
      ["__proto__", "length", 1],
      ["length", 0, 1],
      [0, "length", 1],
      ["0", 1, 1],
      [0.5, 0, 1],
    ]) {
      const synapses = [synapse] as unknown as [number, number, number][];
      expect(() => AdjacencyWiring.fromSynapses({ ...list, synapses })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", argument: "synapses" }),
      );
    }
    expect(Object.getOwnPropertyNames(Array.prototype)).toContain("length");
    expect(Array.prototype.length).toBe(0);
  });

  it("of maximum size are built in bounded time", () => {
    expect(new RandomWiring({ units: 4096, sparsity: 0.99 }).build(2).synapseCount).toBe(167772);
    expect(new FullyConnected({ units: 1448 }).build(1).synapseCount).toBe(1448 ** 2);
  });
});

it("restore wirings of custom classes once they are registered", () => {
  registerWiring("Pair", () => new FullyConnected({ units: 2 }));
  expect(wiringFromJSON({ type: "Pair" }).units).toBe(2);
});
