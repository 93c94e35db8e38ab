/**
 * Runs tfjs-core's own specs on a backend that `useBackend` has started. Bundled with the library's sources by
 * `bundle.ts`, so that both have one tfjs-core; arguments: backend, file for the results, pattern of the specs' names.
 */

import { writeFileSync } from "node:fs";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import type { BackendName } from "tfjs-training";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { jasmineEnv } from "./boot-jasmine.js";
import type { SpecResult } from "./differences.js";

const [backendName, resultFile, pattern] = process.argv.slice(2);
const environment = ` ${backendName} {}`; // what tfjs-core adds to the names

await useBackend(backendName as BackendName);
setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);
await import("@tensorflow/tfjs-core/dist/tests.js");

const results: SpecResult[] = [];
const names = new RegExp(pattern);
jasmineEnv.configure({ random: false, specFilter: (spec) => names.test(spec.getFullName()) });
jasmineEnv.clearReporters();
jasmineEnv.addReporter({
  specDone: ({ fullName, status, failedExpectations }) => {
    if (status !== "passed" && status !== "failed") return;
    const message = failedExpectations[0]?.message.split("\n")[0];
    results.push({ name: fullName.replace(environment, ""), passed: status === "passed", message });
  },
});
await jasmineEnv.execute();
writeFileSync(resultFile, JSON.stringify(results));
process.exit(0);
