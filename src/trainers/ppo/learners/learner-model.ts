/** Where learners on other threads find a model that is not of the library. */

/**
 * A factory of models that a module exports: what a thread can be told to call, since functions and models
 * themselves cannot be sent to it.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({
 *   ...cartPolePPO,
 *   env: "CartPole-v1",
 *   model: makeModel,
 *   learners: 2,
 *   learnerModel: { module: new URL("./own-model.js", import.meta.url), export: "makeModel" },
 * });
 * ```
 */
export interface LearnerModel {
  /** URL or absolute path of the module, or the name of a package. */
  module: string | URL;
  /** Name of the exported {@link ActorCriticFactory}, default `"default"`. */
  export?: string;
}
