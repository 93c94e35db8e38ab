/** Guard against concurrent `learn()` calls. */

import { InvalidStateError } from "../../core/errors.js";

const busy = new WeakSet<object>();

/**
 * Runs `train`, unless the same trainer is already training: concurrent trainings would mix their steps.
 *
 * @throws InvalidStateError when the trainer is already training
 */
export async function oneAtATime(trainer: object, train: () => Promise<void>): Promise<void> {
  if (busy.has(trainer)) {
    throw new InvalidStateError("learn() while the trainer is learning: await the training before");
  }
  busy.add(trainer);
  try {
    await train();
  } finally {
    busy.delete(trainer);
  }
}
