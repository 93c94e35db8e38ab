/** Values in error messages. */

// Longer values would obscure the message.
const LONGEST = 80;

/**
 * Formats a value as in code: strings in quotes, lists in brackets, objects by their kind. Never throws, even for
 * values that cannot be converted to a string.
 */
export function showValue(value: unknown): string {
  try {
    return shown(value, 0);
  } catch {
    return "an object";
  }
}

// Deeper objects add no information, and may contain themselves.
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
