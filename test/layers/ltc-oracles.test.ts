import { describeRecordedRuns } from "./recorded-runs.js";

describeRecordedRuns("recorded runs of LTC cells", ["ltc"]);
