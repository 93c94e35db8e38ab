/** Where learners on other threads find a model that is not one of the library's. */

/**
 * A factory of models that a module exports. Threads import it by name, since functions and models
 * themselves cannot be sent to them.
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
