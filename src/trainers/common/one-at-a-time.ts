/** One training of a trainer at a time. */

import { InvalidStateError } from "../../core/errors.js";

const busy = new WeakSet<object>();

/**
 * Trains, unless the same trainer is training already: two trainings would mix their steps.
 *
 * @throws InvalidStateError when it is
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
