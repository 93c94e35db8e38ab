/** Creates wirings from plain data. */

import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { AdjacencyWiring, type AdjacencyWiringOptions } from "./adjacency-wiring.js";
import { AutoNCP, type AutoNCPOptions } from "./auto-ncp.js";
import { checkObject } from "./checks.js";
import { FullyConnected, type FullyConnectedOptions } from "./fully-connected.js";
import { LayeredNCP, type LayeredNCPOptions } from "./layered-ncp.js";
import { NCP, type NCPOptions } from "./ncp.js";
import { RandomWiring, type RandomWiringOptions } from "./random-wiring.js";
import type { Wiring, WiringJSON } from "./wiring.js";

// The constructors check the options.
const makers = new Map<string, (options: Omit<WiringJSON, "type">) => Wiring>([
  ["AdjacencyWiring", (options) => new AdjacencyWiring(options as unknown as AdjacencyWiringOptions)],
  ["AutoNCP", (options) => new AutoNCP(options as unknown as AutoNCPOptions)],
  ["FullyConnected", (options) => new FullyConnected(options as unknown as FullyConnectedOptions)],
  ["LayeredNCP", (options) => new LayeredNCP(options as unknown as LayeredNCPOptions)],
  ["NCP", (options) => new NCP(options as unknown as NCPOptions)],
  ["RandomWiring", (options) => new RandomWiring(options as unknown as RandomWiringOptions)],
]);

/**
 * Creates a wiring from the result of its `toJSON`.
 *
 * @throws InvalidArgumentError when the type is unknown or an option is invalid
 * @example
 * ```ts
 * const copy = wiringFromJSON(JSON.parse(JSON.stringify(wiring)));
 * ```
 */
export function wiringFromJSON(json: WiringJSON): Wiring {
  const { type, ...options } = checkObject(json);
  const make = makers.get(type);
  if (make) return make(options);
  throw new InvalidArgumentError(
    "type",
    `expected one of ${[...makers.keys()].join(", ")}, received ${showValue(type)}; register custom ones by registerWiring`,
  );
}

/**
 * Registers a custom wiring class with {@link wiringFromJSON}, and so with saved models.
 *
 * @param type value of `type` in the class's `toJSON` · @param make creates the wiring from the rest of that JSON
 * @throws InvalidArgumentError when the type is already registered
 */
export function registerWiring(type: string, make: (options: Omit<WiringJSON, "type">) => Wiring): void {
  if (makers.has(type)) throw new InvalidArgumentError("type", `${type} is already registered`);
  makers.set(type, make);
}
