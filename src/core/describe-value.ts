/** Values in error messages. */

const LONGEST = 60;

/**
 * A value in words for an error message, whatever it is: texts in quotes, long ones cut, lists and objects by their
 * kind. It never throws, also not for what cannot be turned into a text.
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return describeList(value);
  return "an object";
}

function describeList(list: readonly unknown[]): string {
  const simple =
    list.length <= 8 && list.every((item) => typeof item === "number" || typeof item === "string");
  const text = simple ? `[${list.map(describeValue).join(", ")}]` : "";
  return simple && text.length <= LONGEST ? text : `a list of ${list.length}`;
}
