import { CartPoleEnv, TimeLimit } from "ncps-ts";

/** An environment of the user's own, made in worker threads. */
export function makeOwn({ length }) {
  return new TimeLimit(new CartPoleEnv(), { maxEpisodeSteps: length });
}
