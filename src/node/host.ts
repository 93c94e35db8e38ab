/** The platform services of Node for all trainers. */

import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { CheckpointPlace } from "../checkpoints/index.js";
import { installHost } from "../trainers/index.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { checkpointToResume } from "./newest-checkpoint.js";
import { progressBarCallback } from "./progress-bar.js";
import { ZipCheckpointStore } from "./zip-checkpoints.js";

installHost({
  checkpointAt: checkpointPlace,
  checkpointToResume: async (path) => (isZip(path) ? checkpointPlace(path) : checkpointToResume(path)),
  checkpoints: (path) => new FileCheckpointStore(path),
  progressBar: () => progressBarCallback(),
});

// A path that ends in ".zip" is a single file, unless a folder of that name exists.
function isZip(path: string): boolean {
  return /[^/\\]\.zip$/.test(path) && !statSync(path, { throwIfNoEntry: false })?.isDirectory();
}

function checkpointPlace(path: string): CheckpointPlace {
  const [directory, name] = [dirname(path), basename(path)];
  if (!isZip(path)) return { store: new FileCheckpointStore(directory), name };
  return { store: new ZipCheckpointStore(directory), name: name.slice(0, -".zip".length) };
}
