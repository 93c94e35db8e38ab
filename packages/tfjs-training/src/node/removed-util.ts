/** Restores functions of Node that tfjs-node calls and Node 23 removed. */

import util from "node:util";

const removed = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
};

/**
 * Restores `util.isArray` and `util.isNullOrUndefined` if they are missing: tfjs-node 4.22 fails at its
 * first operation without them, and no later release is to be expected.
 */
export function restoreRemovedUtil(target: object = util): void {
  for (const [name, value] of Object.entries(removed)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
  }
}
