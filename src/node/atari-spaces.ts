/** Spaces of `ale-bindings` as this library's. */

import type { BoxSpec } from "ale-bindings";
import { Box } from "../spaces/index.js";

/** A box of the same bounds. */
export function boxOf({ low, high, shape, dtype }: BoxSpec): Box {
  return new Box({ low, high, shape, dtype });
}
