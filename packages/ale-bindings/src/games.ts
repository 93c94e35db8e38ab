/** Lists the available environments. */

import { environments, type GameSpec } from "../lib/games.js";
import { invalidArgument } from "./errors.js";

const specs = new Map<string, GameSpec>(environments().map((spec) => [spec.id, spec]));

/**
 * Ids of all environments, as ale-py registers them: 104 games `ALE/<Game>-v5` (frame skip 4, sticky
 * actions 0.25) and 62 games `<Game>NoFrameskip-v4` (no frame skip, no sticky actions),
 * `<Game>NoFrameskip-v0` (sticky 0.25), `<Game>-v4` and `<Game>-v0` (2 to 4 frames by chance).
 */
export function atariIds(): string[] {
  return [...specs.keys()];
}

/**
 * Returns the game and settings of an id.
 *
 * @throws AleError `INVALID_ARGUMENT` when the id is unknown
 */
export function gameSpec(id: string): GameSpec {
  const spec = specs.get(id);
  if (spec) return spec;
  const word = id
    .replace(/^ALE\//, "")
    .replace(/(NoFrameskip)?-v\d+$/, "")
    .toLowerCase();
  const near = word ? atariIds().filter((known) => known.toLowerCase().includes(word)) : [];
  const hint = near.length > 0 ? `near it: ${near.slice(0, 4).join(", ")}. ` : "";
  throw invalidArgument(
    "id",
    `no Atari environment is called "${id}"; ${hint}\`npx ale-bindings list\` prints all ids`,
  );
}
