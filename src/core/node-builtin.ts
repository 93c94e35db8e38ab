/** Modules of Node where there is Node. */

interface Builtins {
  "node:crypto": typeof import("node:crypto");
  "node:v8": typeof import("node:v8");
  "node:zlib": typeof import("node:zlib");
}

/** A module of Node, asked for in a way that no bundler follows; undefined in browsers and where Node is too old. */
export function nodeBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: Name): Builtins[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name);
}
