/** Defines Jasmine's globals, which tfjs-core's specs use. Import it before them. */

/** Jasmine's result of a spec that has ended. */
export interface DoneSpec {
  fullName: string;
  status: string;
  failedExpectations: { message: string }[];
}

interface JasmineEnv {
  configure(options: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
  clearReporters(): void;
  addReporter(reporter: { specDone(spec: DoneSpec): void }): void;
  execute(): Promise<unknown>;
}

interface JasmineRequire {
  core(required: JasmineRequire): { getEnv(options: { suppressLoadErrors: boolean }): JasmineEnv };
  interface(jasmine: object, env: JasmineEnv): object;
}

// By its path: the package's main file looks for others next to itself.
const required = require("jasmine-core/lib/jasmine-core/jasmine.js") as JasmineRequire;
const jasmine = required.core(required);

/** The environment in which specs are configured and run. */
export const jasmineEnv = jasmine.getEnv({ suppressLoadErrors: true });

Object.assign(globalThis, required.interface(jasmine, jasmineEnv));
