/** Normalisation of the `callbacks` option of `learn` to a list of callbacks. */

import { type OptionNames, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { nearestName, plainName } from "../../core/nearest-name.js";
import { showValue } from "../../core/show-value.js";
import type { CallbackLike, TrainerCallback } from "./callback.js";

const members: OptionNames<TrainerCallback> = {
  name: true,
  last: true,
  onTrainingStart: true,
  onRolloutStart: true,
  onStep: true,
  onRolloutEnd: true,
  onUpdateEnd: true,
  onTrainingEnd: true,
  getState: true,
  setState: true,
};
const known = optionNames<TrainerCallback>(members);
const hooks = known.filter((name) => name.startsWith("on"));
// Hooks of other interfaces that the same object may implement: `fit` of tfjs, and `EvalCallback`.
const foreign = ["onEpochEnd", "onEvaluation"];

/**
 * Converts the `callbacks` of `learn`, one or a list of objects with hooks or functions, to a list of callbacks.
 *
 * @throws InvalidArgumentError for anything else, and for misspelt hooks, which would never be called
 */
export function toCallbacks(given: CallbackLike | readonly CallbackLike[] | undefined): TrainerCallback[] {
  if (given === undefined) return [];
  const list: readonly CallbackLike[] = Array.isArray(given) ? given : [given];
  return list.map((each, i) => toCallback(Array.isArray(given) ? `callbacks[${i}]` : "callbacks", each));
}

/**
 * Converts one callback: an object is returned as it is, a function is wrapped.
 *
 * @param argument name of the argument, for the message
 * @throws InvalidArgumentError when it is neither an object nor a function, or a hook is misspelt
 */
export function toCallback(argument: string, given: CallbackLike): TrainerCallback {
  if (typeof given === "function") {
    // A class passed instead of an instance would be called as a function, at the first step.
    if (!isClass(given)) return { onStep: given };
    throw new InvalidArgumentError(argument, `expected a callback, received a class: new ${given.name}(...)`);
  }
  if (typeof given !== "object" || given === null) {
    throw new InvalidArgumentError(
      argument,
      `expected an object with hooks such as onStep, or a function for every step, received ${showValue(given)}`,
    );
  }
  const names = namesOf(given);
  for (const name of names) {
    if (known.includes(name) || foreign.includes(name)) continue;
    const meant = misspelt(name, Object.getPrototypeOf(given) === Object.prototype, given);
    if (meant !== undefined) {
      const hint = meant ? `did you mean ${meant}?` : `the hooks are ${hooks.join(", ")}`;
      throw new InvalidArgumentError(argument, `${name} is not a hook and would never be called: ${hint}`);
    }
  }
  if (names.some((name) => hooks.includes(name))) return given;
  if (names.includes("onEvaluation")) {
    throw new InvalidArgumentError(
      argument,
      "is called with evaluations only: pass it to an EvalCallback, as callbackAfterEval or callbackOnNewBest",
    );
  }
  if (names.some((name) => known.includes(name))) return given;
  throw new InvalidArgumentError(
    argument,
    `expected an object with hooks (${hooks.join(", ")}), received ${showValue(given)}`,
  );
}

// The hook that a name was meant to be, "" for a hook that does not exist, undefined for a name that is not a hook.
function misspelt(name: string, plain: boolean, callback: object): string | undefined {
  if (!/^_*on/i.test(name) || typeof (callback as Record<string, unknown>)[name] !== "function") return;
  const same = hooks.find((hook) => plainName(hook) === plainName(name));
  if (same) return same;
  const near = nearestName(name, hooks);
  // Classes may have their own methods that begin with "on".
  return plain ? (near ?? "") : near;
}

// Names of own and inherited properties, without those that every object has.
function namesOf(value: object): string[] {
  const names = new Set<string>();
  for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names];
}

function isClass(value: CallbackLike): value is { new (): unknown } & typeof value {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
