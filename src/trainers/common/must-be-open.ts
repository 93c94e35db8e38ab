/** Calls of trainers that have been closed. */

import { InvalidStateError } from "../../core/errors.js";

/**
 * Makes sure that a trainer is not closed.
 *
 * @param method what was called, for the message
 * @throws InvalidStateError when it is
 */
export function mustBeOpen(closed: boolean, method: string): void {
  if (!closed) return;
  throw new InvalidStateError(
    `${method}() on a closed trainer, whose network is freed: call it before close(), or load a checkpoint`,
  );
}
