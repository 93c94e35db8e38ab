/** Masking of secrets in the command line of a run. */

const SECRET = /pass(?!es|ive)|pwd|token|secret|key|credential|auth(?!or)/i;
const MASK = "***";

/**
 * Replaces the values of options that contain secrets by `***`: options and `NAME=value` whose name contains
 * `password`, `token`, `secret`, `key`, `credential` or `auth`, and passwords in URLs. A secret without
 * a name cannot be distinguished from other words.
 *
 * @param words the command's words, e.g. `["train.ts", "--password", "hunter2"]`
 */
export function maskedCommand(words: readonly string[]): string[] {
  let secretFollows = false;
  return words.map((word) => {
    const isValue = secretFollows && !word.startsWith("--");
    secretFollows = false;
    if (isValue) return MASK;
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    if (value !== undefined && SECRET.test(name)) return `${name}=${MASK}`;
    secretFollows = value === undefined && word.startsWith("-") && SECRET.test(word);
    return word.replace(/(\w+:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${MASK}@`);
  });
}
