/**
 * What needs Node: files, child processes, the terminal. Importing it lets trainers save to paths
 * and show progress bars.
 *
 * @module ncps-ts/node
 */

import "./host.js";

export { type RegisterAtariOptions, registerAtari } from "./atari.js";
export { FileCheckpointStore } from "./checkpoint-files.js";
export { type ProgressBarOptions, progressBarCallback } from "./progress-bar.js";
