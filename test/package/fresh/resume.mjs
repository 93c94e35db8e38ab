// Trains, saves and resumes; for Node, Deno and Bun.
import assert from "node:assert/strict";
import { cartPolePPO, PPOTrainer, useBackend } from "ncps-ts";
import "ncps-ts/node";

const { name } = await useBackend("auto", { accelerator: false });
assert.equal(name, "wasm");
const numbers = { seed: 0, numEnvs: 2, numSteps: 16, batchSize: 32, nEpochs: 1 };
const trainer = new PPOTrainer({ ...cartPolePPO, ...numbers, env: "CartPole-v1" });
const onUpdateEnd = async () => {
  if (trainer.numTimesteps === 64) await trainer.save(process.argv[2]);
};
await trainer.learn({ totalTimesteps: 128, callbacks: [{ onUpdateEnd }] });
const resumed = await PPOTrainer.resume(process.argv[2]);
assert.equal(resumed.numTimesteps, 64);
await resumed.learn({ totalTimesteps: 128 });
const weights = ({ model }) => [...model.variables].map(([name, variable]) => [name, ...variable.dataSync()]);
assert.equal(resumed.numTimesteps, trainer.numTimesteps);
assert.deepEqual(weights(resumed), weights(trainer));
await resumed.close();
await trainer.close();
console.log(`${name}: resumed at 64, equal at ${trainer.numTimesteps}`);
