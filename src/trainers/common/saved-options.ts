/** Validation of options read from checkpoints: only known names with numbers, strings and flags are accepted. */

import { CheckpointError } from "../../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../../core/state.js";

/** The form that a saved option may have. */
export interface SavedForm {
  /** Description of the form for error messages. */
  expected: string;
  /** Whether a value has the form. */
  fits(value: StateTree): boolean;
}

/** Forms by the name of the option. */
export type SavedForms = Readonly<Record<string, SavedForm>>;

/** Accepts a number. */
export const numberForm: SavedForm = {
  expected: "a number",
  fits: (value) => typeof value === "number" && !Number.isNaN(value),
};

/** Accepts true or false. */
export const flagForm: SavedForm = { expected: "true or false", fits: (value) => typeof value === "boolean" };

/** Accepts an integer from `low` to `high`. The caller has to pass larger ones, since a file could contain any. */
export function countForm(high: number, low = 1): SavedForm {
  return {
    expected: `a whole number in ${low}..${high}`,
    fits: (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
  };
}

/** Accepts one of the given values. */
export function choiceForm(...choices: (string | number | boolean)[]): SavedForm {
  return {
    expected: choices.map((choice) => JSON.stringify(choice)).join(" or "),
    fits: (value) => choices.includes(value as string),
  };
}

/** Accepts `null`, or another form. */
export function nullable(form: SavedForm): SavedForm {
  return { expected: `${form.expected} or null`, fits: (value) => value === null || form.fits(value) };
}

/** Accepts any of several forms. */
export function eitherForm(...forms: SavedForm[]): SavedForm {
  return {
    expected: forms.map(({ expected }) => expected).join(", or "),
    fits: (value) => forms.some((form) => form.fits(value)),
  };
}

/** Accepts a list of at most `longest` entries of a form. */
export function listForm(entry: SavedForm, longest = 1000): SavedForm {
  return {
    expected: `a list of at most ${longest}, each ${entry.expected}`,
    fits: (value) => Array.isArray(value) && value.length <= longest && value.every(entry.fits),
  };
}

/** Accepts a record with fields of these names, which are optional unless listed in `required`. */
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

/** Accepts a schedule: a number, a string, or the description of one of the library's schedules. */
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
 * Reads options from a checkpoint.
 *
 * @param given what the file contains · @param defaults the known options; those whose defaults are numbers, strings
 *   or flags have the same type in the file unless `forms` says otherwise
 * @param replaced names of options passed by the caller, whose saved values are ignored
 * @throws CheckpointError naming the field when a name is unknown, or a value has another form
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

/** Returns a value that must be a record. @throws CheckpointError naming the field when it is something else */
export function readRecord(path: string, value: StateTree | undefined): StateRecord {
  if (value !== undefined && isRecord(value)) return value;
  throw new CheckpointError(`field "${path}": expected a record, received ${shown(value)}`);
}

/** Whether a value is a record. */
export function isRecord(value: StateTree): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTypedArray(value);
}

/** Formats a value for an error message. */
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
