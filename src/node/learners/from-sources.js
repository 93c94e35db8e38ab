// Program of a worker thread when the library runs from its TypeScript sources: threads do not inherit tsx.

import { register } from "tsx/esm/api";

register();
await import("./learner-worker.js");
