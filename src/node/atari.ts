/** Real Atari games, played by the optional package `ale-bindings`. */

import type { AtariEnv, AtariOptions, AtariRepeat, RepeatOptions } from "ale-bindings";
import { checkOptions, optionNames } from "../core/check-options.js";
import { MissingDependencyError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { type EnvOptions, register } from "../envs/registry.js";
import { type ActionSpace, type Box, Discrete } from "../spaces/index.js";
import { translating } from "./atari-errors.js";
import { boxOf } from "./atari-spaces.js";
import { makeAtariVector } from "./atari-vector.js";

type AleBindings = typeof import("ale-bindings");

/** Options of {@link registerAtari}. */
export interface RegisterAtariOptions {
  /**
   * Options of every game unless `make` overrides them, e.g. `{ obsType: "grayscale" }`. Names as
   * in Gymnasium's AtariEnv: `obsType`, `frameskip`, `repeatActionProbability`, `fullActionSpace`,
   * `continuous`, `continuousActionThreshold`, `maxNumFramesPerEpisode`, `mode`, `difficulty`; and
   * `python`, the interpreter to use, `timeout` and `restartOnFailure`.
   */
  defaults?: EnvOptions;
}

const names = optionNames<RegisterAtariOptions>({
  defaults: true,
});

/**
 * Makes every Atari game available to `make`: `ALE/<Game>-v5` (frame skip 4, sticky actions 0.25, at most
 * 108000 frames) and `<Game>NoFrameskip-v4` (single frames, no sticky actions), and Gymnasium's older
 * ids. Episodes equal those of Gymnasium with ale-py for the same seeds. Each environment is a separate Python
 * process: close it.
 *
 * The ids also support ALE's own vector environment, which steps many games in one process and includes DeepMind's
 * preprocessing: `makeVecEnv(id, { numEnvs, kind: "ale" })` and {@link AtariVectorGame}.
 *
 * @returns the ids
 * @throws MissingDependencyError when `ale-bindings` is not installed; `make` throws it when Python, ale-py
 *   or a ROM is missing. The message contains the command that installs it.
 *
 * @example
 * ```ts
 * await registerAtari();
 * const env = make("ALE/Breakout-v5");
 * const { observation } = env.reset({ seed: 0 }); // Uint8Array of [210, 160, 3]
 * ```
 */
export async function registerAtari(options: RegisterAtariOptions = {}): Promise<string[]> {
  checkOptions("registerAtari", options, names);
  const bindings = await load();
  const ids = bindings.atariIds();
  for (const id of ids) {
    register(id, (own) => new AtariGame(bindings, id, { ...options.defaults, ...own }), {
      makeVector: (own) => makeAtariVector(bindings, id, { ...options.defaults, ...own }),
      defaults: options.defaults,
      savedOptions: SAVED_OPTIONS,
    });
  }
  return ids;
}

// Not `python`, which names a program to run.
const SAVED_OPTIONS: readonly string[] = [
  "obsType",
  "frameskip",
  "repeatActionProbability",
  "fullActionSpace",
  "continuous",
  "continuousActionThreshold",
  "maxNumFramesPerEpisode",
  "mode",
  "difficulty",
];

async function load(): Promise<AleBindings> {
  try {
    return await import("ale-bindings");
  } catch (cause) {
    throw new MissingDependencyError(
      "real Atari needs the package ale-bindings. Run: npm install ale-bindings && npx ale-bindings install",
      { cause },
    );
  }
}

/** ale-bindings' environment with this library's spaces and errors. */
class AtariGame implements Env {
  readonly id: string;
  readonly observationSpace: Box;
  readonly actionSpace: ActionSpace;
  readonly actionMeanings?: readonly string[];
  private readonly env: AtariEnv;

  constructor(
    private readonly bindings: AleBindings,
    id: string,
    options: EnvOptions,
  ) {
    this.id = id;
    this.env = this.translating(() => new bindings.AtariEnv(id, options as AtariOptions));
    const { observationSpace, actionSpace, actionMeanings } = this.env;
    this.observationSpace = boxOf(observationSpace);
    this.actionSpace = actionSpace.kind === "box" ? boxOf(actionSpace) : new Discrete(actionSpace.n);
    if (actionMeanings) this.actionMeanings = actionMeanings;
  }

  reset(options: ResetOptions = {}): ResetResult {
    return this.translating(() => this.env.reset(options));
  }

  step(action: Action): StepResult {
    return this.translating(() => this.env.step(action));
  }

  repeatStep(action: Action, options: RepeatOptions): AtariRepeat {
    return this.translating(() => this.env.repeatStep(action, options));
  }

  render(): Frame {
    return this.translating(() => this.env.render());
  }

  getState(): StateRecord {
    return this.translating(() => this.env.getState());
  }

  setState(state: StateRecord): void {
    this.translating(() => this.env.setState(state));
  }

  close(): void {
    this.env.close();
  }

  /** Closes the environment at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  private translating<T>(call: () => T): T {
    return translating(this.bindings.AleError, call);
  }
}
