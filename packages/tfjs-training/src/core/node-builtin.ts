/** Modules of Node where there is Node. */

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

/** Whether this is Node, or Deno or Bun, which stand in for it; false in a page and its workers. */
export function inNode(): boolean {
  return (globalThis as WithProcess).process?.versions?.node !== undefined;
}

/** A module of Node, asked for in a way that no bundler follows; undefined in browsers and where Node is too old. */
export function nodeBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  return (globalThis as WithProcess).process?.getBuiltinModule?.(name);
}
