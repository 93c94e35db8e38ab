/** A custom model that learners on worker threads import, with injected faults. */

import { isMainThread } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs-core";
import { type ActorCritic, MlpActorCritic } from "../../../../src/models/index.js";
import type { ActorCriticFactory } from "../../../../src/trainers/index.js";
import { makeFree, makeFrozen } from "../../frozen-model.js";
import { makeLTCActorCritic } from "../../ltc-model.js";

class OwnActorCritic extends MlpActorCritic {
  override toJSON() {
    return { className: "OwnActorCritic", config: {} };
  }
}

/** A small network that is not one of the library's. */
export const makeOwn: ActorCriticFactory = (spaces) => new OwnActorCritic({ ...spaces, hiddenUnits: [8] });

/** A network with other weights on worker threads. */
export const makeOther: ActorCriticFactory = (spaces) =>
  new OwnActorCritic({ ...spaces, hiddenUnits: isMainThread ? [8] : [9] });

/** A frozen encoder; only the main thread freezes it. */
export const makeFrozenOnMain: ActorCriticFactory = isMainThread ? makeFrozen : makeFree;

/** An LTC whose weights need constraints. */
export const makeConstrained: ActorCriticFactory = makeLTCActorCritic;

type Output = ReturnType<ActorCritic["apply"]>;

/** A network that does something at one step on a worker thread. */
function faulty(at: number, fault: (output: Output) => Output): ActorCriticFactory {
  return (spaces) => {
    const model = makeOwn(spaces);
    if (isMainThread) return model;
    const apply = model.apply.bind(model);
    let calls = -1; // the first call tries to compile the step
    model.apply = (observations, options) => {
      observations.dataSync(); // reading a value keeps the step from being compiled: the network is called every time
      const output = apply(observations, options);
      return ++calls === at ? fault(output) : output;
    };
    return model;
  };
}

/** Throws at the fourth step. */
export const makeThrowing = faulty(4, () => {
  throw Object.assign(new RangeError("out of luck"), { code: "LUCK" });
});

/** Ends its thread at the fourth step. */
export const makeExiting = faulty(4, () => process.exit(7));

/** Never ends the fourth step. */
export const makeHanging = faulty(4, () => {
  for (;;);
});

/** Outputs NaN at the fourth step. */
export const makeNaN = faulty(4, (output) => ({
  ...output,
  values: tf.mul(output.values, Number.NaN) as tf.Tensor2D,
}));
