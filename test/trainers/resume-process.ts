/** Trains in a process of its own: scenario, folder of checkpoints, where to start ("-": anew), stop, and save. */

import { useBackend } from "../../src/backends/index.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";
import { type Scenario, train } from "./resume-scenario.js";

const [scenario, directory, from, stopAt, to] = process.argv.slice(2);
const store = new FileCheckpointStore(directory);
await useBackend("wasm");
await train(scenario as Scenario, {
  from: from === "-" ? undefined : { store, name: from },
  stopAt: Number(stopAt),
  to: { store, name: to },
});
