/** Writes checkpoint after checkpoint until it is killed, reporting each. */

import { writeSync } from "node:fs";
import { readCheckpoint, writeCheckpoint } from "../../src/checkpoints/checkpoint.js";
import { FileCheckpointStore } from "../../src/node/checkpoint-files.js";

const store = new FileCheckpointStore(process.argv[2]);
const known = (await store.list()).includes("last");
let step = known ? Number((await readCheckpoint(store, "last")).state.step) : 0;
for (;;) {
  step++;
  const weights = new Float32Array(100_000).fill(step);
  await writeCheckpoint(store, "last", { kind: "kill", config: {}, state: { step, weights } });
  writeSync(1, `${step}\n`);
}
