/** Values in error messages. */

// Longer values would hide the sentence around them.
const LONGEST = 80;

/**
 * A value as a reader of code would write it: text in quotes, lists in brackets, objects by what they are. Never
 * throws, also not for what cannot be turned into a text.
 */
export function showValue(value: unknown): string {
  try {
    return shown(value, 0);
  } catch {
    return "an object";
  }
}

// Objects in objects in objects say no more, and may hold themselves.
function shown(value: unknown, depth: number): string {
  if (typeof value === "string") return shortened(JSON.stringify(value));
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (depth > 2) return "…";
  if (Array.isArray(value)) return shortened(`[${value.map((each) => shown(each, depth + 1)).join(", ")}]`);
  const kind = Object.getPrototypeOf(value)?.constructor?.name ?? "Object";
  if (kind !== "Object") return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
  const entries = Object.entries(value).map(([name, each]) => `${name}: ${shown(each, depth + 1)}`);
  return entries.length === 0 ? "{}" : shortened(`{ ${entries.join(", ")} }`);
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
