/** Loads built-in modules of Node, if available. */

interface Builtins {
  "node:crypto": typeof import("node:crypto");
  "node:fs": typeof import("node:fs");
  "node:v8": typeof import("node:v8");
  "node:zlib": typeof import("node:zlib");
}

interface WithProcess {
  process?: {
    versions?: { node?: string };
    getBuiltinModule?<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined;
  };
}

/** Whether this is Node, or Deno or Bun with Node compatibility; false in a web page and its workers. */
export function inNode(): boolean {
  return (globalThis as WithProcess).process?.versions?.node !== undefined;
}

/**
 * Returns a built-in module of Node, in a way that bundlers do not follow; undefined in browsers and old versions of
 * Node.
 */
export function nodeBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  return (globalThis as WithProcess).process?.getBuiltinModule?.(name);
}
