import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { CfCActorCritic, LTCActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { type ActorCriticFactory, type PPOOptions, PPOTrainer } from "../../../src/trainers/index.js";
import { AdjacencyWiring, AutoNCP } from "../../../src/wirings/index.js";

beforeAll(() => useBackend("wasm"));

const wiring = new AutoNCP({ units: 9, outputSize: 2 });
const models: [string, ActorCriticFactory][] = [
  ["a wired CfC", (spaces) => new CfCActorCritic({ ...spaces, wiring, hiddenUnits: [6] })],
  [
    "a CfC wired by lists of synapses, with mixed memory",
    (spaces) =>
      new CfCActorCritic({
        ...spaces,
        wiring: AdjacencyWiring.from(wiring.build(6)),
        mixedMemory: true,
        recurrence: "wired",
        hiddenUnits: [6],
      }),
  ],
  [
    "a CfC in pure mode",
    (spaces) => new CfCActorCritic({ ...spaces, units: 5, mode: "pure", backboneUnits: 8, hiddenUnits: [] }),
  ],
  [
    "a wired LTC whose weights need constraints",
    (spaces) => new LTCActorCritic({ ...spaces, wiring, flavour: "tf", hiddenUnits: [6], odeUnfolds: 3 }),
  ],
];

describe.each(models)("PPO with %s", (_, model) => {
  const options: PPOOptions = {
    env: "CartPoleNoVel-v1",
    numEnvs: 2,
    numSteps: 16,
    batchSize: 16,
    nEpochs: 2,
    learningRate: "lin_1e-2",
    sequenceLength: 8,
    seed: 5,
    model,
  };
  const totalTimesteps = 32 * 4;

  it("continues bit for bit from a checkpoint, which contains the whole network", async () => {
    const whole = new PPOTrainer(options);
    await whole.learn({ totalTimesteps });
    const place = { store: new MemoryCheckpointStore(), name: "stopped" };
    const first = new PPOTrainer(options);
    const stop = { last: true, onStep: ({ numTimesteps }: { numTimesteps: number }) => numTimesteps < 71 };
    await first.learn({ totalTimesteps, callbacks: [stop] });
    await first.save(place);
    const second = await PPOTrainer.resume(place);
    await second.learn({ totalTimesteps });
    const { run: _run, ...expected } = whole.getState();
    const { run, ...state } = second.getState();
    expect(run).toBeDefined();
    expect(state).toEqual(expected);
    expect(second.model.toJSON()).toEqual(whole.model.toJSON());
    for (const trainer of [whole, first, second]) await trainer.close();
  });

  it("computes the same in training as while acting: the first ratio is 1", async () => {
    const trainer = new PPOTrainer(options);
    const deviations: number[] = [];
    await trainer.learn({
      totalTimesteps,
      callbacks: [
        { onUpdateEnd: (_, row) => void deviations.push(row["train/first_ratio_deviation"] as number) },
      ],
    });
    expect(deviations).toHaveLength(4);
    expect(Math.max(...deviations)).toBeLessThan(1e-4);
    await trainer.close();
  });
});
