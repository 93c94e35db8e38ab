/** The command line of a run, without its secrets. */

const SECRET = /pass(?!es|ive)|pwd|token|secret|key|credential|auth(?!or)/i;
const MASK = "***";

/**
 * A command line in which the values of options that hold secrets are `***`: options and `NAME=value` whose name has
 * `password`, `token`, `secret`, `key`, `credential` or `auth` in it, and passwords within addresses. A secret without
 * a name cannot be told from another word.
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
