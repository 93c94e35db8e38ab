/**
 * Reinforcement-learning building blocks in TypeScript on TensorFlow.js.
 *
 * @module ncps-ts
 */

export * from "./core/errors.js";
export * from "./envs/env.js";
export * from "./envs/registry.js";
export * from "./spaces/index.js";
