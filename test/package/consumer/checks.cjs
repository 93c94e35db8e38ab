// What a program that installed the package finds, as an ES module (esm.mjs) and as CommonJS (commonjs.cjs).

const assert = require("node:assert/strict");
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { version } = require("ncps-ts/package.json");

/**
 * @param {typeof import("ncps-ts")} main
 * @param {typeof import("ncps-ts/node")} node
 * @param {typeof import("ncps-ts/envs")} envs
 * @param {typeof import("ncps-ts/checkpoints")} checkpoints
 */
module.exports = async function check(main, node, { registeredIds }, { LIBRARY_VERSION }) {
  assert.equal(LIBRARY_VERSION, version);
  const misnamed = Object.entries(main).filter(
    // The base class of all errors is that of tfjs-training, by another name.
    ([name, value]) => isClass(value) && value.name !== name && name !== "NcpsError",
  );
  assert.deepEqual(misnamed, [], "classes keep their names");

  const backend = await main.useBackend();
  assert.equal(backend.name, "wasm", backend.reason);

  // One instance of everything behind all entries: the host that ncps-ts/node installs, ...
  const settings = {
    ...main.cartPolePPO,
    env: "CartPole-v1",
    seed: 0,
    numEnvs: 2,
    numSteps: 8,
    batchSize: 16,
  };
  const trainer = new main.PPOTrainer({ ...settings, nEpochs: 1 });
  await trainer.learn({ totalTimesteps: 16 });
  const folder = await trainer.save("checkpoint");
  assert.ok(existsSync(join(folder, "manifest.json")));
  const loaded = await main.PPOTrainer.load("checkpoint", { env: "CartPole-v1" });
  assert.equal(loaded.numTimesteps, 16);
  await loaded.close();
  await trainer.close();

  // ... the program of the threads of further learners, ...
  const two = new main.PPOTrainer({ ...settings, nEpochs: 1, learners: 2 });
  await two.learn({ totalTimesteps: 16 });
  assert.equal(two.iterations, 1);
  await two.close();

  // ... that of environments on worker threads, with a module of the user's own, ...
  const own = {
    module: pathToFileURL(join(__dirname, "own-env.mjs")),
    export: "makeOwn",
    options: { length: 2 },
  };
  for (const env of ["Arcade/Breakout-v0", own]) {
    const envs = main.makeVecEnv(env, { kind: "worker", numEnvs: 2, seed: 1, imports: [own.module] });
    assert.ok(envs instanceof node.WorkerVectorEnv);
    await envs.reset();
    await envs.step([0, 1]);
    const { truncated, infos } = await envs.step([1, 0]);
    if (env === own) assert.deepEqual([[...truncated], infos[0].episode.length], [[1, 1], 2]);
    await envs.close();
  }

  // ... the classes of errors, ...
  const failure = await new node.FileCheckpointStore(".").read("missing").catch((error) => error);
  assert.ok(failure instanceof main.CheckpointError, String(failure));
  assert.equal(failure.name, "CheckpointError");

  // ... and the registry.
  const ids = await node.registerAtari();
  assert.ok(ids.length > 100);
  assert.ok(registeredIds().includes("ALE/Pong-v5"));
  process.env.ALE_BINDINGS_PYTHON = "/nonexistent/python";
  assert.throws(() => main.make("ALE/Pong-v5"), main.MissingDependencyError);

  await main.useBackend("cpu");
  console.log("all checks passed");
};

function isClass(value) {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
