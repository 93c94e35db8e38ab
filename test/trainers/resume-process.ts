/**
 * Trains in a separate process: kind of trainer, scenario, folder of checkpoints, where to start ("-": from scratch),
 * stop, and save.
 */

import type { CheckpointPlace } from "../../src/checkpoints/index.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { barData, train as trainCloning } from "./cloning-scenario.js";
import { type Scenario as DQNScenario, train as trainDQN } from "./dqn-resume-scenario.js";
import { type Scenario, train } from "./resume-scenario.js";

interface Stretch {
  from?: CheckpointPlace;
  stopAt: number;
  to: CheckpointPlace;
}

const kinds: Record<string, (scenario: string, stretch: Stretch) => Promise<unknown>> = {
  ppo: (scenario, stretch) => train(scenario as Scenario, stretch),
  dqn: (scenario, stretch) => trainDQN(scenario as DQNScenario, stretch),
  cloning: async (form, stretch) =>
    trainCloning(await barData(), { ...stretch, form: form as "tf" | "torch" }),
};

const [kind, scenario, directory, from, stopAt, to] = process.argv.slice(2);
const store = new FileCheckpointStore(directory);
await useBackend("wasm");
await kinds[kind](scenario, {
  from: from === "-" ? undefined : { store, name: from },
  stopAt: Number(stopAt),
  to: { store, name: to },
});
