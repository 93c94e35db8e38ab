/** The wiring of a recorded case, from its description or from the shapes of its parameters. */

import { AutoNCP, FullyConnected, RandomWiring, type Wiring } from "../../src/wirings/index.js";
import { type OracleCase, shapeOf } from "./case.js";

/**
 * The wiring that `meta.wiring` names, e.g. `["AutoNCP", 16, 4]`. Where it names none: three layers of neurons are
 * an `AutoNCP` of that many units and motor neurons, one layer is `FullyConnected`.
 *
 * @throws Error when `meta.wiring` names another class
 */
export function wiringOf({ meta = {}, params, y }: OracleCase): Wiring {
  if (Array.isArray(meta.wiring)) {
    const [name, units, outputs, sparsity] = meta.wiring as [string, number, number?, number?];
    if (name === "AutoNCP") return new AutoNCP({ units, outputSize: outputs!, sparsity });
    if (name === "FullyConnected") return new FullyConnected({ units, outputDim: outputs });
    if (name === "Random") return new RandomWiring({ units, outputDim: outputs, sparsity });
    throw new Error(`no wiring ${name}`);
  }
  const sizes = Object.entries(params)
    .filter(([name]) => /ff1[._/]bias$/.test(name))
    .map(([, { shape }]) => shape[0]);
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length === 1) return new FullyConnected({ units, outputDim: shapeOf(y).at(-1) });
  return new AutoNCP({ units, outputSize: sizes[sizes.length - 1] });
}
