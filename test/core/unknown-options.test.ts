import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { compile, installWasmRepairs, useBackend } from "tfjs-training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadKerasWeights, readNpz, writeNpz } from "../../src/bridges/index.js";
import {
  decodeCheckpoint,
  inspectCheckpoint,
  MemoryCheckpointStore,
  readCheckpoint,
} from "../../src/checkpoints/index.js";
import { EpisodeWindow, linearSchedule, RunningMeanStd } from "../../src/core/index.js";
import * as datasets from "../../src/datasets/index.js";
import * as envs from "../../src/envs/index.js";
import * as ncps from "../../src/index.js";
import * as layers from "../../src/layers/index.js";
import { TableSink } from "../../src/logging/index.js";
import * as losses from "../../src/losses/index.js";
import { RolloutBuffer } from "../../src/memory/index.js";
import * as models from "../../src/models/index.js";
import * as node from "../../src/node/index.js";
import * as optimizers from "../../src/optimizers/index.js";
import { encodeGif, frameToAnsi, playInTerminal } from "../../src/rendering/index.js";
import * as trainers from "../../src/trainers/index.js";
import * as wirings from "../../src/wirings/index.js";
import * as wrappers from "../../src/wrappers/index.js";

const folder = mkdtempSync(join(tmpdir(), "ncps-ts-options-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => useBackend("cpu"));

/** Options with a misspelt name, which one was meant, and who is given them. */
type Case = readonly [misspelt: string, meant: string, call: (options: never) => unknown];

const observationSpace = new ncps.Box({ low: -1, high: 1, shape: [4] });
const actionSpace = new ncps.Discrete(2);
const frame = { height: 1, width: 1, data: new Uint8Array(3) };
const built = () => new ncps.AutoNCP({ units: 8, outputSize: 2 }).build(2);
const cfc = () => {
  const layer = new ncps.CfC({ units: 2, seed: 0 });
  layer.build([null, null, 3]);
  return layer;
};
const game = () => ncps.make("CartPole-v1");
const breakout = new ncps.BreakoutEnv();
const x = () => tf.zeros<tf.Rank.R3>([1, 1, 3]);
const variables = () => ({ w: tf.variable(tf.zeros([1])) });
const adam = () => new ncps.Adam();
const loss = (w: tf.Variable) => () => tf.sum(w) as tf.Scalar;
const ppo = () => new ncps.PPOTrainer({ env: "CartPole-v1", numEnvs: 1, numSteps: 8, seed: 0 });

const cases: Record<string, readonly Case[]> = {
  // ncps-ts/backends, tfjs-training
  UseBackendOptions: [
    ["wasmPath", "wasmPaths", (options) => ncps.useBackend("cpu", options)],
    ["relaxedSIMD", "relaxedSimd", (options) => useBackend("cpu", options)],
  ],
  AcceleratorOptions: [["thread", "threads", (accelerator) => useBackend("cpu", { accelerator })]],
  WasmRepairOptions: [["kernel", "kernels", (options) => installWasmRepairs(options)]],
  // ncps-ts/bridges
  LoadWeightsOptions: [["prefixes", "prefix", (options) => loadKerasWeights(cfc(), new Map(), options)]],
  ReadNpzOptions: [["name", "names", (options) => readNpz(new Uint8Array(), "npz", options)]],
  WriteNpzOptions: [["compressed", "compress", (options) => writeNpz(new Map(), options)]],
  // ncps-ts/checkpoints
  DecodeCheckpointOptions: [["places", "place", (options) => decodeCheckpoint(new Map(), options)]],
  InspectCheckpointOptions: [["kinds", "kind", (options) => inspectCheckpoint(new Map(), options)]],
  ReadCheckpointOptions: [
    ["prepared", "prepare", (options) => readCheckpoint(new MemoryCheckpointStore(), "last", options)],
  ],
  // ncps-ts/core
  EpisodeWindowOptions: [["sizes", "size", (options) => new EpisodeWindow(options)]],
  LinearScheduleOptions: [["inital", "initial", (options) => linearSchedule(options)]],
  RunningMeanStdOptions: [["prior_count", "priorCount", (options) => new RunningMeanStd(options)]],
  // ncps-ts/datasets
  CloningBatchesOptions: [
    ["batch_size", "batchSize", (options) => new datasets.CloningBatches({} as never, options)],
    ["shufle", "shuffle", (options) => new datasets.CloningBatches({} as never, options)],
  ],
  LidarSplitOptions: [["seqLength", "sequenceLength", (options) => datasets.splitLidarTraces([], options)]],
  OpenDatasetOptions: [
    [
      "splits",
      "split",
      (options) => datasets.AtariCloningDataset.open(new datasets.MemoryCloningSource(), options),
    ],
  ],
  ReadCloningOptions: [
    [
      "maxBytes",
      "maxSequenceBytes",
      (options) => datasets.readCloningSequence(new Uint8Array(), "a", options),
    ],
  ],
  RecordCloningOptions: [
    [
      "sequence",
      "sequences",
      (options) =>
        datasets.recordCloning(
          ncps.make("CartPole-v1"),
          { act: () => 0 },
          new datasets.MemoryCloningSource(),
          options,
        ),
    ],
  ],
  // ncps-ts/envs
  BreakoutOptions: [["frame_skip", "frameskip", (options) => new ncps.BreakoutEnv(options)]],
  SpaceInvadersOptions: [["frame_skip", "frameskip", (options) => new ncps.SpaceInvadersEnv(options)]],
  CartPoleOptions: [
    ["max_episode_steps", "maxEpisodeSteps", (options) => new ncps.CartPoleEnv(options)],
    ["maxSteps", "maxEpisodeSteps", (options) => new envs.CartPoleNoVelEnv(options)],
    ["maxSteps", "maxEpisodeSteps", (options) => ncps.make("CartPole-v1", options)],
  ],
  PendulumOptions: [["G", "g", (options) => new ncps.PendulumEnv(options)]],
  CheckEnvOptions: [["step", "steps", (options) => ncps.checkEnv(game(), options)]],
  MakeVecEnvOptions: [["n_envs", "numEnvs", (options) => ncps.makeVecEnv("CartPole-v1", options)]],
  MakeWorkerVecEnvOptions: [
    [
      "numWorkers",
      "workers",
      (options) => ncps.makeVecEnv("CartPole-v1", { kind: "worker", numEnvs: 1, ...(options as object) }),
    ],
  ],
  RegisterBuiltinOptions: [["replaces", "replace", (options) => envs.registerBuiltinEnvs(options)]],
  ResetOptions: [
    ["sed", "seed", (options) => new ncps.CartPoleEnv().reset(options)],
    ["sed", "seed", (options) => new ncps.PendulumEnv().reset(options)],
    ["sed", "seed", (options) => new ncps.BreakoutEnv().reset(options)],
    ["option", "options", (options) => ncps.makeVecEnv("CartPole-v1", { numEnvs: 1 }).reset(options)],
  ],
  SteadyBreakoutPlayerOptions: [
    ["tolerence", "tolerance", (options) => new envs.SteadyBreakoutPlayer(breakout, options)],
  ],
  SyncVectorEnvOptions: [
    ["restart", "restartOnFailure", (options) => new ncps.SyncVectorEnv([game], options)],
  ],
  // ncps-ts/layers
  CfCCellOptions: [["activations", "activation", (options) => new ncps.CfCCell(options)]],
  LTCCellOptions: [["ode_unfolds", "odeUnfolds", (options) => new ncps.LTCCell(options)]],
  WiredCfCCellOptions: [["wirings", "wiring", (options) => new layers.WiredCfCCell(options)]],
  MixedMemoryCellOptions: [["forget_bias", "forgetBias", (options) => new layers.MixedMemoryCell(options)]],
  CfCOptions: [["backbone_units", "backboneUnits", (options) => new ncps.CfC(options)]],
  LTCOptions: [["ode_unfolds", "odeUnfolds", (options) => new ncps.LTC(options)]],
  ConvBlockOptions: [["filter", "filters", (options) => new ncps.ConvBlock(options)]],
  ConvStackOptions: [["convolution", "convolutions", (options) => new layers.ConvStack(options)]],
  DuelingHeadOptions: [["action", "actions", (options) => new ncps.DuelingHead(options)]],
  ImpalaConvBlockOptions: [["unit", "units", (options) => new layers.ImpalaConvBlock(options)]],
  LinearOptions: [["unit", "units", (options) => new layers.Linear(options)]],
  MLPOptions: [["net_arch", "hiddenUnits", (options) => new layers.MLP(options)]],
  NatureCNNOptions: [["unit", "units", (options) => new layers.NatureCNN(options)]],
  TorchConvBlockOptions: [["filter", "filters", (options) => new layers.TorchConvBlock(options)]],
  RecurrentScanOptions: [["reset", "resets", (options) => cfc().scan(x(), options)]],
  CfCScanOptions: [["weight", "weights", (options) => layers.cfcScan(options)]],
  LTCScanOptions: [["weight", "weights", (options) => layers.ltcScan(options)]],
  SequenceOptions: [
    ["masks", "mask", (options) => cfc().cell.scan(options)],
    ["masks", "mask", (options) => new ncps.LTCCell({ units: 2 }).scan(options)],
    [
      "masks",
      "mask",
      (options) =>
        new layers.WiredCfCCell({ wiring: new ncps.AutoNCP({ units: 8, outputSize: 2 }) }).scan(options),
    ],
    [
      "masks",
      "mask",
      (options) => new layers.MixedMemoryCell({ cell: new ncps.CfCCell({ units: 2 }) }).scan(options),
    ],
  ],
  StepOptions: [
    ["train", "training", (options) => cfc().cell.call(tf.zeros([1, 3]), tf.zeros([1, 2]), 1, options)],
  ],
  TimestampOptions: [["units", "unit", (options) => layers.elapsedFromTimestamps([[0]], options)]],
  TraceStatesOptions: [["reset", "resets", (options) => layers.traceStates(cfc(), x(), options)]],
  // ncps-ts/logging
  TableSinkOptions: [["printer", "print", (options) => new TableSink(options)]],
  // ncps-ts/losses
  AdaptiveKLOptions: [["targets", "target", (options) => new losses.AdaptiveKLCoefficient(options)]],
  ClippedPPOLossOptions: [["clip_range", "clipRange", (options) => new ncps.ClippedPPOLoss(options)]],
  ClippedValueLossOptions: [["clip_range", "clipRange", (options) => new ncps.ClippedValueLoss(options)]],
  DQNLossOptions: [["deltas", "delta", (options) => new ncps.DQNLoss(options)]],
  GAEOptions: [
    ["gama", "gamma", (options) => new ncps.GAE(options)],
    ["gae_lambda", "lambda", (options) => new ncps.GAE(options)],
  ],
  SampleCategoricalOptions: [
    ["num_actions", "numActions", (options) => losses.sampleCategorical([], options)],
  ],
  SampleDiagonalGaussianOptions: [
    ["action_size", "actionSize", (options) => losses.sampleDiagonalGaussian([], options)],
  ],
  SampleMultiCategoricalOptions: [["nvecs", "nvec", (options) => losses.sampleMultiCategorical([], options)]],
  StandardizeOptions: [["eps", "epsilon", (options) => losses.standardize(new Float32Array(2), options)]],
  // ncps-ts/memory
  MinibatchOptions: [
    [
      "batch_size",
      "batchSize",
      (options) => [
        ...new RolloutBuffer({
          numEnvs: 1,
          numSteps: 1,
          observationShape: [1],
          observationDtype: "float32",
          distributionSize: 1,
        }).minibatches(options),
      ],
    ],
  ],
  PrioritizedReplayMemoryOptions: [
    ["alfa", "alpha", (options) => new ncps.PrioritizedReplayMemory(options)],
    ["buffer_size", "capacity", (options) => new ncps.PrioritizedReplayMemory(options)],
  ],
  ReplayMemoryOptions: [["n_step", "nStep", (options) => new ncps.ReplayMemory(options)]],
  RolloutBufferOptions: [["n_steps", "numSteps", (options) => new ncps.RolloutBuffer(options)]],
  // ncps-ts/models
  ActorCriticOptions: [
    [
      "reset",
      "resets",
      (options) =>
        new ncps.MlpActorCritic({ observationSpace, actionSpace }).apply(tf.zeros([1, 1, 4]), options),
    ],
  ],
  ClassifyOptions: [
    [
      "train",
      "training",
      (options) =>
        new ncps.ConvCfC({ numActions: 2, observationShape: [40, 40, 1] }).apply(
          tf.zeros([1, 1, 40, 40, 1]),
          options,
        ),
    ],
  ],
  CfCActorCriticOptions: [["unit", "units", (options) => new ncps.CfCActorCritic(options)]],
  ConvCfCActorCriticOptions: [["filter", "filters", (options) => new ncps.ConvCfCActorCritic(options)]],
  ConvCfCOptions: [["num_actions", "numActions", (options) => new ncps.ConvCfC(options)]],
  DuelingQNetworkOptions: [["duelling", "dueling", (options) => new ncps.DuelingQNetwork(options)]],
  GaussianHeadOptions: [["log_std", "logStd", (options) => new models.GaussianHead(options)]],
  LTCActorCriticOptions: [["ode_unfolds", "odeUnfolds", (options) => new ncps.LTCActorCritic(options)]],
  MlpActorCriticOptions: [["hiddenSizes", "hiddenUnits", (options) => new ncps.MlpActorCritic(options)]],
  MlpQNetworkOptions: [["net_arch", "hiddenUnits", (options) => new ncps.MlpQNetwork(options)]],
  NatureActorCriticOptions: [
    ["initialiser", "initializer", (options) => new ncps.NatureActorCritic(options)],
  ],
  NatureCfCActorCriticOptions: [["feature", "features", (options) => new ncps.NatureCfCActorCritic(options)]],
  NatureLTCActorCriticOptions: [["feature", "features", (options) => new ncps.NatureLTCActorCritic(options)]],
  PolicyHeadOptions: [
    ["gains", "gain", (options) => models.policyHead(actionSpace, options)],
    ["gains", "gain", (options) => models.policyHead(observationSpace, options)],
  ],
  // ncps-ts/node
  DashboardOptions: [["ports", "port", (options) => node.Dashboard.open(options)]],
  DownloadCloningOptions: [
    ["root_dir", "rootDir", (options) => node.downloadCloningData("breakout", options)],
  ],
  OpenCloningOptions: [["splits", "split", (options) => node.openCloningDataset("breakout", options)]],
  GifWriterOptions: [["dir", "directory", (options) => node.gifWriter(options)]],
  InterruptOptions: [["signal", "signals", (options) => node.interruptCallback(options)]],
  LineSinkOptions: [
    ["warning", "warn", (options) => new node.CsvSink(join(folder, "a.csv"), options)],
    ["warning", "warn", (options) => new node.JsonLinesSink(join(folder, "a.jsonl"), options)],
  ],
  ProgressBarOptions: [["streams", "stream", (options) => node.progressBarCallback(options)]],
  RecordCloningDatasetOptions: [
    ["dir", "directory", (options) => node.recordCloningDataset(game(), { act: () => 0 }, options)],
  ],
  RegisterAtariOptions: [["default", "defaults", (options) => node.registerAtari(options)]],
  RunOptions: [["restart", "restartBehavior", (options) => node.openRun(join(folder, "run"), options)]],
  // ncps-ts/optimizers
  AdamOptions: [
    ["beta_1", "beta1", (options) => new ncps.Adam(options)],
    ["weight_decay", "weightDecay", (options) => new optimizers.AdamW(options)],
  ],
  RMSPropOptions: [["centred", "centered", (options) => new ncps.RMSProp(options)]],
  SGDOptions: [["momentums", "momentum", (options) => new ncps.SGD(options)]],
  ApplyOptions: [["learning_rate", "learningRate", (options) => adam().applyGradients({}, {}, options)]],
  MinimizeOptions: [
    [
      "max_grad_norm",
      "maxGradNorm",
      (options) => {
        const all = variables();
        return adam().minimize(loss(all.w), all, options);
      },
    ],
  ],
  ClipByGlobalNormOptions: [["max_norm", "maxNorm", (options) => optimizers.clipByGlobalNorm({}, options)]],
  CompileOptions: [["max_plans", "maxPlans", (options) => compile(() => ({}), options)]],
  ReadMetricsOptions: [["keeps", "keep", (options) => optimizers.readMetrics({}, options)]],
  // ncps-ts/rendering
  EncodeGifOptions: [["FPS", "fps", (options) => encodeGif([frame], options)]],
  FrameToAnsiOptions: [["column", "columns", (options) => frameToAnsi(frame, options)]],
  PlayInTerminalOptions: [["captions", "caption", (options) => playInTerminal([], options)]],
  // ncps-ts/spaces
  BoxOptions: [["type", "dtype", (options) => new ncps.Box(options)]],
  // ncps-ts/trainers
  CheckpointCallbackOptions: [["save_path", "savePath", (options) => new ncps.CheckpointCallback(options)]],
  CloningOptions: [["batch_size", "batchSize", (options) => new ncps.CloningTrainer(options)]],
  ClosedLoopCallbackOptions: [
    ["episodes", "numEpisodes", (options) => new trainers.ClosedLoopCallback(options)],
  ],
  ClosedLoopOptions: [
    ["episodes", "numEpisodes", (options) => trainers.runClosedLoop(ppo(), game(), options)],
  ],
  DQNOptions: [["buffer_size", "capacity", (options) => new ncps.DQNTrainer(options)]],
  PrioritizedOptions: [
    ["alfa", "alpha", (prioritized) => new ncps.DQNTrainer({ env: "CartPole-v1", prioritized })],
  ],
  EpsilonScheduleOptions: [["step", "steps", (options) => trainers.epsilonSchedule(options)]],
  EvalCallbackOptions: [["eval_env", "evalEnv", (options) => new ncps.EvalCallback(options)]],
  EvaluateOptions: [
    ["n_eval_episodes", "numEpisodes", (options) => ncps.evaluatePolicy(ppo(), game(), options)],
  ],
  EveryNTimestepsOptions: [["n_steps", "numSteps", (options) => new trainers.EveryNTimesteps(options)]],
  LearnOptions: [["total_timesteps", "totalTimesteps", (options) => ppo().learn(options)]],
  PPOOptions: [["n_epochs", "nEpochs", (options) => new ncps.PPOTrainer(options)]],
  PredictOptions: [
    ["episode_start", "episodeStart", (options) => ppo().predict(new Float32Array(4), options)],
  ],
  SequenceCrossEntropyOptions: [
    [
      "class_weights",
      "classWeights",
      (options) => trainers.sequenceCrossEntropy(tf.zeros([1, 1, 2]), tf.zeros([1, 1]), options),
    ],
  ],
  // ncps-ts/wirings
  AdjacencyWiringOptions: [["layer", "layers", (options) => new wirings.AdjacencyWiring(options)]],
  SynapseListOptions: [["synapse", "synapses", (options) => wirings.AdjacencyWiring.fromSynapses(options)]],
  AutoNCPOptions: [["output_size", "outputSize", (options) => new ncps.AutoNCP(options)]],
  FullyConnectedOptions: [["output_dim", "outputDim", (options) => new ncps.FullyConnected(options)]],
  LayeredNCPOptions: [["motor_neurons", "motorNeurons", (options) => new wirings.LayeredNCP(options)]],
  NCPOptions: [["inter_neurons", "interNeurons", (options) => new ncps.NCP(options)]],
  RandomWiringOptions: [["sparsity_level", "sparsity", (options) => new ncps.RandomWiring(options)]],
  DrawingOptions: [["directions", "direction", (options) => wirings.wiringToDOT(built(), options)]],
  MermaidOptions: [["max_edges", "maxEdges", (options) => wirings.wiringToMermaid(built(), options)]],
  SVGOptions: [
    ["legends", "legend", (options) => wirings.wiringToSVG(built(), options)],
    ["sensor", "sensory", (colors) => wirings.wiringToSVG(built(), { colors })],
  ],
  // ncps-ts/wrappers
  ClipRewardOptions: [["clips", "clip", (options) => new wrappers.ClipReward(game(), options)]],
  FrameStackOptions: [["stack_size", "numStack", (options) => new wrappers.FrameStack(game(), options)]],
  MaxAndSkipOptions: [["skips", "skip", (options) => new wrappers.MaxAndSkip(game(), options)]],
  NoopResetOptions: [["noop_max", "noopMax", (options) => new wrappers.NoopReset(game(), options)]],
  NormalizeObservationOptions: [
    ["epsilons", "epsilon", (options) => new wrappers.NormalizeObservation(game(), options)],
  ],
  NormalizeRewardOptions: [["gama", "gamma", (options) => new wrappers.NormalizeReward(game(), options)]],
  ObservationNormalizerOptions: [["clips", "clip", (options) => new wrappers.ObservationNormalizer(options)]],
  RecordVideoOptions: [["max_frames", "maxFrames", (options) => new wrappers.RecordVideo(game(), options)]],
  RescaleActionOptions: [
    ["min_action", "minAction", (options) => new wrappers.RescaleAction(game(), options)],
  ],
  StickyActionOptions: [
    ["probabilty", "probability", (options) => new wrappers.StickyAction(game(), options)],
  ],
  TimeLimitOptions: [["max_steps", "maxEpisodeSteps", (options) => new ncps.TimeLimit(game(), options)]],
  TransformObservationOptions: [
    ["transforms", "transform", (options) => new wrappers.TransformObservation(game(), options)],
  ],
  TransformRewardOptions: [
    ["transforms", "transform", (options) => new wrappers.TransformReward(game(), options)],
  ],
  WarpFrameOptions: [["dims", "dim", (options) => new wrappers.WarpFrame(game(), options)]],
  WrapOptions: [["frame_stack", "numStack", (options) => ncps.wrapDeepmind(game(), options)]],
};

/** Exported types of options that nothing takes as they are, and why. */
const elsewhere: Record<string, string> = {
  ArcadeOptions: "part of those of BreakoutEnv and SpaceInvadersEnv",
  BatchNormOptions: "what subclasses of NormalizedBlock give to a protected method",
  BlockOptions: "part of those of every layer",
  CallOptions: "those of tfjs-layers, which hands them on",
  CfCCoreModelOptions: "part of those of the actor-critics",
  CfCCoreOptions: "part of those of CfC",
  CfCSequenceOptions: "another name of RecurrentScanOptions",
  CloningLearnOptions: "those of learn: test/trainers/cloning",
  DownloadOptions: "part of DownloadCloningOptions",
  EnvOptions: "open: every environment knows its own",
  ExtensionOptions: "made by tfjs-training, given to an engine",
  ExtractCloningOptions: "part of DownloadCloningOptions",
  FrameEncoderOptions: "part of those of the actor-critics",
  InitializeOptions: "what layers of one's own give to a protected method",
  KernelOptions: "part of UseBackendOptions and WasmRepairOptions",
  LTCCoreModelOptions: "part of those of the actor-critics",
  MakeOwnVecEnvOptions: "open: the vector environment knows its own, ale-bindings refuses others",
  NcpsErrorOptions: "of errors",
  QNetworkOptions: "part of those of the Q-networks; SequentialQNetwork takes what subclasses hand on",
  RecurrentLayerOptions: "part of those of CfC and LTC",
  RepeatOptions: "within every step of MaxAndSkip",
  SampleActionsOptions: "part of those of the three functions that draw",
  SpacesOptions: "part of those of the actor-critics; NetworkActorCritic takes what subclasses hand on",
  TrainingErrorOptions: "of errors",
  VariableOptions: "what layers of one's own give to a protected method",
  VectorEncoderOptions: "part of those of the actor-critics",
  VectorEnvFactoryOptions: "open: the vector environment knows its own",
  WorkerVectorEnvOptions: "part of MakeWorkerVecEnvOptions",
};

describe("a misspelt option is refused", () => {
  const table = Object.entries(cases).flatMap(([type, each]) =>
    each.map(([...one]) => [type, ...one] as const),
  );

  it.each(table)("%s: %s for %s", async (_, misspelt, meant, call) => {
    let refused: unknown;
    try {
      await call({ [misspelt]: undefined } as never);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ncps.InvalidArgumentError);
    const { argument, message } = refused as ncps.InvalidArgumentError;
    expect(argument).toBe(misspelt);
    expect(message).toMatch(new RegExp(`is not an option of .*\\b${meant}\\b`));
  });

  it("by whatever takes exported options", () => {
    const entries = readFileSync(new URL("../package/entries.txt", import.meta.url), "utf8");
    const types = new Set([...entries.matchAll(/^ {2}type (\w+Options)$/gm)].map(([, type]) => type));
    const known = [...Object.keys(cases), ...Object.keys(elsewhere)];
    expect([...types].filter((type) => !known.includes(type))).toEqual([]);
    expect(Object.keys(elsewhere).filter((type) => !types.has(type) || type in cases)).toEqual([]);
  });

  it("but subclasses may have further options", () => {
    class Own extends ncps.GAE {
      constructor(options: ncps.GAE & { own?: number }) {
        super(options);
      }
    }
    expect(new Own({ gamma: 0.5, own: 1 } as never).gamma).toBe(0.5);
    expect(() => new ncps.CfCCell({ units: 2, activation: undefined })).not.toThrow();
  });
});
