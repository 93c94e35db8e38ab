/** The services of Node for all trainers. */

import { basename, dirname } from "node:path";
import { installHost } from "../trainers/index.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { checkpointToResume } from "./newest-checkpoint.js";
import { progressBarCallback } from "./progress-bar.js";

installHost({
  checkpointAt: (path) => ({ store: new FileCheckpointStore(dirname(path)), name: basename(path) }),
  checkpointToResume,
  checkpoints: (path) => new FileCheckpointStore(path),
  progressBar: () => progressBarCallback(),
});
