/**
 * The whole library in one file for `<script type="module">`, together with the copies of tfjs that it
 * uses.
 */

export * as tf from "@tensorflow/tfjs-core";
export * as layers from "@tensorflow/tfjs-layers";
export * from "./backends/index.js";
export * from "./bridges/index.js";
export * from "./checkpoints/index.js";
export * from "./core/index.js";
export * from "./datasets/index.js";
export * from "./envs/index.js";
export * from "./layers/index.js";
export * from "./logging/index.js";
export * from "./losses/index.js";
export * from "./memory/index.js";
export * from "./models/index.js";
export * from "./optimizers/index.js";
export * from "./rendering/index.js";
export * from "./spaces/index.js";
export * from "./trainers/index.js";
export * from "./wirings/index.js";
export * from "./wrappers/index.js";
