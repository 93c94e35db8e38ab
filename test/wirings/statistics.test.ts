import { describe, expect, it } from "vitest";
import {
  AdjacencyWiring,
  AutoNCP,
  FullyConnected,
  synapsesOf,
  wiringStatistics,
} from "../../src/wirings/index.js";

describe("wiringStatistics", () => {
  it("counts by type and sign", () => {
    const built = AdjacencyWiring.fromSynapses({
      units: 3,
      inputDim: 2,
      outputDim: 1,
      commandNeurons: [1],
      sensorySynapses: [
        [0, 2, 1],
        [1, 2, -1],
      ],
      synapses: [
        [2, 1, -1],
        [1, 1, 1],
        [1, 0, 1],
      ],
    }).build(2);
    expect(wiringStatistics(built)).toEqual({
      neurons: { sensory: 2, inter: 1, command: 1, motor: 1 },
      synapses: 3,
      sensorySynapses: 2,
      excitatory: 3,
      inhibitory: 2,
      selfConnections: 1,
      byTypes: { "sensory→inter": 2, "inter→command": 1, "command→command": 1, "command→motor": 1 },
      density: 5 / 15,
      inputsWithoutEffect: [],
      motorsWithoutInput: [],
      deadNeurons: [],
    });
    expect(synapsesOf(built)[1]).toEqual({ sensory: true, source: 1, destination: 2, polarity: -1 });
  });

  it("finds neurons without effect", () => {
    const built = AdjacencyWiring.fromSynapses({
      units: 6,
      inputDim: 3,
      outputDim: 2,
      // Input 0 drives motor 0 through 2; 1 ends in 3, which leads nowhere; 2 has no synapse. 4 is not driven.
      sensorySynapses: [
        [0, 2, 1],
        [1, 3, 1],
      ],
      synapses: [
        [2, 0, 1],
        [4, 1, 1],
        [5, 5, 1],
      ],
    }).build(3);
    expect(wiringStatistics(built)).toMatchObject({
      inputsWithoutEffect: [1, 2],
      motorsWithoutInput: [1],
      deadNeurons: [3, 4, 5],
    });
  });

  it("finds no problems in full wirings and NCPs", () => {
    for (const wiring of [new FullyConnected({ units: 5 }), new AutoNCP({ units: 32, outputSize: 4 })]) {
      const statistics = wiringStatistics(wiring.build(6));
      expect(statistics.inputsWithoutEffect).toEqual([]);
      expect(statistics.motorsWithoutInput).toEqual([]);
      expect(statistics.deadNeurons).toEqual([]);
    }
  });
});
