/** The size of networks. */

import type * as tf from "@tensorflow/tfjs-core";

/** Number of parameters, such as "1,234 parameters". */
export function parametersOf({ variables }: { variables: ReadonlyMap<string, tf.Variable> }): string {
  const count = [...variables.values()].reduce((sum, { size }) => sum + size, 0);
  return `${count.toLocaleString("en")} parameters`;
}
