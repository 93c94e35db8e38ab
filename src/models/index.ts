/**
 * Assembled networks.
 *
 * @module ncps-ts/models
 */

export type { ActorCritic, ActorCriticOptions, ActorCriticOutput, ModelConfig } from "./actor-critic.js";
export { CfCActorCritic, type CfCActorCriticOptions } from "./cfc-actor-critic.js";
export { ConvCfC, type ConvCfCOptions } from "./conv-cfc.js";
export { ConvCfCActorCritic, type ConvCfCActorCriticOptions } from "./conv-cfc-actor-critic.js";
export { DuelingQNetwork, type DuelingQNetworkOptions, natureConvolutions } from "./dueling-q-network.js";
export { GaussianHead, type GaussianHeadOptions } from "./gaussian-head.js";
export {
  isLibraryModel,
  libraryModelFactory,
  libraryModelNames,
  type ModelSpaces,
  type TrainableModel,
} from "./library-models.js";
export { LTCActorCritic, type LTCActorCriticOptions } from "./ltc-actor-critic.js";
export { MlpActorCritic, type MlpActorCriticOptions } from "./mlp-actor-critic.js";
export { MlpQNetwork, type MlpQNetworkOptions } from "./mlp-q-network.js";
export { NatureActorCritic, type NatureActorCriticOptions } from "./nature-actor-critic.js";
export { NatureCfCActorCritic, type NatureCfCActorCriticOptions } from "./nature-cfc-actor-critic.js";
export { NatureLTCActorCritic, type NatureLTCActorCriticOptions } from "./nature-ltc-actor-critic.js";
export { NetworkActorCritic, type NetworkParts, type SpacesOptions } from "./network-actor-critic.js";
export { distributionSize, type PolicyHeadOptions, policyHead } from "./policy-head.js";
export { type QNetwork, type QNetworkOptions, SequentialQNetwork, updateTarget } from "./q-network.js";
export type { CfCCoreModelOptions, LTCCoreModelOptions } from "./recurrent-core.js";
export type { FrameEncoderOptions, VectorEncoderOptions } from "./recurrent-parts.js";
export type { Classification, ClassifyOptions, SequenceClassifier } from "./sequence-classifier.js";
