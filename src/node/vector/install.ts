/** Installs the worker threads of Node for `makeVecEnv`. */

import { installWorkerVectorEnv } from "../../vector/worker-options.js";
import { WorkerVectorEnv } from "./worker-vector-env.js";

installWorkerVectorEnv((env, options) => new WorkerVectorEnv(env, options));
