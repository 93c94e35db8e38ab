/** The platform services of Node for trainers and vector environments: files, a terminal, worker threads. */

import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { CheckpointPlace } from "../checkpoints/index.js";
import { checkpointPaths } from "../trainers/common/checkpoint-paths.js";
import { progressBars } from "../trainers/common/training-run.js";
import { learnerThreads } from "../trainers/ppo/learners/make-learners.js";
import { workerVectorEnvs } from "../vector/worker-options.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { WorkerLearner } from "./learners/worker-learner.js";
import { checkpointToResume } from "./newest-checkpoint.js";
import { progressBarCallback } from "./progress-bar.js";
import { WorkerVectorEnv } from "./vector/worker-vector-env.js";
import { ZipCheckpointStore } from "./zip-checkpoints.js";

checkpointPaths.install({
  checkpointAt: checkpointPlace,
  checkpointToResume: async (path) => (isZip(path) ? checkpointPlace(path) : checkpointToResume(path)),
  checkpoints: (path) => new FileCheckpointStore(path),
});
progressBars.install(() => progressBarCallback());
learnerThreads.install((setup) => new WorkerLearner(setup));
workerVectorEnvs.install((env, options) => new WorkerVectorEnv(env, options));

// A path that ends in ".zip" is a single file, unless a folder of that name exists.
function isZip(path: string): boolean {
  return /[^/\\]\.zip$/.test(path) && !statSync(path, { throwIfNoEntry: false })?.isDirectory();
}

function checkpointPlace(path: string): CheckpointPlace {
  const [directory, name] = [dirname(path), basename(path)];
  if (!isZip(path)) return { store: new FileCheckpointStore(directory), name };
  return { store: new ZipCheckpointStore(directory), name: name.slice(0, -".zip".length) };
}
