import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Lock {
  packages: Record<
    string,
    {
      resolved?: string;
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    }
  >;
}

const { packages } = JSON.parse(
  readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"),
) as Lock;

// `npm ci` refuses a lock file that leaves out packages of other platforms.
it("the lock file has every dependency of every package, on all platforms", () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !placesFor(name, path).some((place) => place in packages))
      .map((name) => `${name} of ${path || "this package"}`),
  );
  expect(missing).toEqual([]);
});

it("the lock file names no registry", () => {
  const hosts = Object.values(packages).filter(({ resolved }) => resolved?.includes("://"));
  expect(hosts).toEqual([]);
});

// Where Node looks for a dependency of the package at `path`.
function placesFor(name: string, path: string): string[] {
  const parts = path.split("/node_modules/");
  const above = parts.map((_, i) => parts.slice(0, parts.length - i).join("/node_modules/"));
  return [...above.filter(Boolean).map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}
