/** Installs the worker threads of Node for trainers with several learners. */

import { installLearners } from "../../trainers/ppo/learners/make-learners.js";
import { WorkerLearner } from "./worker-learner.js";

installLearners((setup) => new WorkerLearner(setup));
