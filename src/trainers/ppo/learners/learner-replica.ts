/** A learner on another thread: its own model and optimizer, driven by the first learner's calls. */

import { Adam } from "tfjs-training";
import { InvalidArgumentError } from "../../../core/errors.js";
import { actionDistribution } from "../../../losses/index.js";
import type { ActorCritic } from "../../../models/actor-critic.js";
import { type ActionSpace, type Box, spaceFromJSON } from "../../../spaces/index.js";
import type { ActorCriticFactory } from "../ppo-options.js";
import type { Barrier } from "./barrier.js";
import { Learner, type LearnerReport, type StepPlan } from "./learner.js";
import type { LearnerCall, LearnerSetup } from "./learner-setup.js";
import { attachRollout } from "./shared-rollout.js";

/** A model, an optimizer and a learner created from a description. The backend has to be active. */
export class LearnerReplica {
  private readonly model: ActorCritic;
  private readonly optimizer: Adam;
  private readonly learner: Learner;

  /**
   * @param factory creates the described model
   * @throws InvalidArgumentError when the model has other weights than the first learner's
   */
  constructor(
    private readonly setup: LearnerSetup,
    private readonly barrier: Barrier,
    factory: ActorCriticFactory,
  ) {
    const { rank, learners, exchange, hyperparameters, adam, decaying } = setup;
    const spaces = {
      observationSpace: spaceFromJSON(setup.observationSpace) as Box,
      actionSpace: spaceFromJSON(setup.actionSpace) as ActionSpace,
      seed: 0, // the first learner's weights replace the initial ones
    };
    this.model = factory(spaces);
    requireSameWeights(this.model, setup);
    const decays = decaying ? (name: string) => decaying.includes(name) : undefined;
    this.optimizer = new Adam({ ...adam, decays });
    const { model, optimizer } = this;
    const distribution = actionDistribution(spaces.actionSpace);
    const rollout = attachRollout(setup.rollout);
    const parts = { model, distribution, optimizer, rollout, exchange };
    this.learner = new Learner({ rank, learners, hyperparameters, ...parts });
  }

  /**
   * Executes a call and arrives at the barrier after it.
   *
   * @param tell sends a report to the first learner
   */
  answer(call: LearnerCall, tell: (report: LearnerReport) => void): void {
    const { learner, optimizer, barrier } = this;
    if (call.kind === "step") {
      this.step(call);
      return;
    }
    if (call.kind === "weights") {
      learner.takeWeights(call.trainable);
      if (call.optimizer) optimizer.setState(call.optimizer);
    } else tell(learner.report());
    barrier.arrive(this.setup.rank);
  }

  private step(plan: StepPlan): void {
    const { learner, barrier } = this;
    const { rank } = this.setup;
    learner.contribute(plan);
    if (!barrier.arriveAndWait(rank)) return;
    const numbers = learner.reduce();
    if (!barrier.arriveAndWait(rank)) return;
    if (learner.goesOn(numbers)) learner.finish(plan);
  }

  /** Frees weights and moments. */
  dispose(): void {
    this.learner.dispose();
    this.model.dispose();
    this.optimizer.dispose();
  }
}

function requireSameWeights(model: ActorCritic, { weights }: LearnerSetup): void {
  const text = (all: [string, readonly number[]][]) =>
    all
      .map(([name, shape]) => `${name} [${shape.join(", ")}]`)
      .sort()
      .join("; ");
  const own = text([...model.variables].map(([name, { shape }]) => [name, shape]));
  if (own === text(weights)) return;
  throw new InvalidArgumentError(
    "learnerModel",
    `expected the weights of the trainer's model: ${text(weights)}; received ${own}. Both have to be made alike`,
  );
}
