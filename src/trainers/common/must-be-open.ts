/** Check that a trainer has not been closed. */

import { InvalidStateError } from "../../core/errors.js";

/**
 * Throws if a trainer is closed.
 *
 * @param method the method that was called, for the message
 * @throws InvalidStateError when the trainer is closed
 */
export function mustBeOpen(closed: boolean, method: string): void {
  if (!closed) return;
  throw new InvalidStateError(
    `${method}() on a closed trainer, whose network is freed: call it before close(), or load a checkpoint`,
  );
}
