/** The forms that options have in checkpoints: nothing but named numbers, texts and flags that are known here. */

import { CheckpointError } from "../../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../../core/state.js";

/** What an option may be. */
export interface SavedForm {
  /** The form in words. */
  expected: string;
  /** Whether a value has it. */
  fits(value: StateTree): boolean;
}

/** Forms by the name of the option. */
export type SavedForms = Readonly<Record<string, SavedForm>>;

/** A number. */
export const numberForm: SavedForm = {
  expected: "a number",
  fits: (value) => typeof value === "number" && !Number.isNaN(value),
};

/** True or false. */
export const flagForm: SavedForm = { expected: "true or false", fits: (value) => typeof value === "boolean" };

/** A whole number from `low` to `high`; larger ones have to be given again, since a file could name any. */
export function countForm(high: number, low = 1): SavedForm {
  return {
    expected: `a whole number in ${low}..${high}`,
    fits: (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
  };
}

/** One of some values. */
export function choiceForm(...choices: (string | number | boolean)[]): SavedForm {
  return {
    expected: choices.map((choice) => JSON.stringify(choice)).join(" or "),
    fits: (value) => choices.includes(value as string),
  };
}

/** `null`, or another form. */
export function nullable(form: SavedForm): SavedForm {
  return { expected: `${form.expected} or null`, fits: (value) => value === null || form.fits(value) };
}

/** One of several forms. */
export function eitherForm(...forms: SavedForm[]): SavedForm {
  return {
    expected: forms.map(({ expected }) => expected).join(", or "),
    fits: (value) => forms.some((form) => form.fits(value)),
  };
}

/** A list of at most `longest` entries of a form. */
export function listForm(entry: SavedForm, longest = 1000): SavedForm {
  return {
    expected: `a list of at most ${longest}, each ${entry.expected}`,
    fits: (value) => Array.isArray(value) && value.length <= longest && value.every(entry.fits),
  };
}

/** A record with fields of these names, which may be missing unless they are `required`. */
export function recordForm(fields: SavedForms, required: readonly string[] = []): SavedForm {
  return {
    expected: `{ ${Object.entries(fields)
      .map(([name, { expected }]) => `${name}: ${expected}`)
      .join(", ")} }`,
    fits: (value) =>
      isRecord(value) &&
      required.every((name) => Object.hasOwn(value, name)) &&
      Object.entries(value).every(([name, entry]) => Object.hasOwn(fields, name) && fields[name].fits(entry)),
  };
}

/** A schedule: a number, a text, or the description of one of the library's. */
export const scheduleForm: SavedForm = eitherForm(
  numberForm,
  { expected: '"lin_<number>"', fits: (value) => typeof value === "string" && /^lin_\S{1,40}$/.test(value) },
  recordForm({ kind: choiceForm("constant"), value: numberForm }, ["kind", "value"]),
  recordForm({ kind: choiceForm("linear"), initial: numberForm, final: numberForm, end: numberForm }, [
    "kind",
    "initial",
    "final",
  ]),
  recordForm({ kind: choiceForm("piecewise"), points: listForm(listForm(numberForm, 2), 10_000) }, [
    "kind",
    "points",
  ]),
);

/**
 * Reads options out of a checkpoint.
 *
 * @param given what the file holds · @param defaults the options that there are; those whose defaults are numbers, texts
 *   or flags are of the same type in the file unless `forms` says otherwise
 * @param replaced names of options that the caller gave, whose saved values are left out
 * @throws CheckpointError naming the field when a name is unknown, or a value is of another form
 */
export function readSavedOptions(
  given: StateTree,
  defaults: object,
  forms: SavedForms,
  replaced: object = {},
): StateRecord {
  const path = "config.hyperparameters";
  const options: StateRecord = {};
  for (const [name, value] of Object.entries(readRecord(path, given))) {
    if (!Object.hasOwn(defaults, name)) {
      throw new CheckpointError(
        `field "${path}.${name}": is not an option that a checkpoint may hold; there are: ${Object.keys(defaults).join(", ")}`,
      );
    }
    if ((replaced as Record<string, unknown>)[name] !== undefined) continue;
    const form = forms[name] ?? formOf((defaults as StateRecord)[name]);
    if (!form.fits(value)) {
      throw new CheckpointError(
        `field "${path}.${name}": expected ${form.expected}, received ${shown(value)}; if it is meant, give ${name} again`,
      );
    }
    options[name] = value;
  }
  return options;
}

/** A record. @throws CheckpointError naming the field when it is something else */
export function readRecord(path: string, value: StateTree | undefined): StateRecord {
  if (value !== undefined && isRecord(value)) return value;
  throw new CheckpointError(`field "${path}": expected a record, received ${shown(value)}`);
}

/** Whether a value is a record. */
export function isRecord(value: StateTree): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTypedArray(value);
}

/** A value in an error message. */
export function shown(value: StateTree | undefined): string {
  if (value === undefined) return "nothing";
  if (isTypedArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a record";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : typeof value === "number" ? String(value) : text;
}

function formOf(standard: StateTree): SavedForm {
  if (typeof standard === "number") return numberForm;
  if (typeof standard === "boolean") return flagForm;
  if (typeof standard === "string") {
    return { expected: "a short text", fits: (value) => typeof value === "string" && value.length <= 100 };
  }
  return {
    expected: "a number, true, false or null",
    fits: (value) => value === null || numberForm.fits(value) || flagForm.fits(value),
  };
}
