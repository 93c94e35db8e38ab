/**
 * Loggers and sinks.
 *
 * @module ncps-ts/logging
 */

export { Logger, type LogRow, type LogSink } from "./logger.js";
export { formatTable, TableSink, type TableSinkOptions } from "./table-sink.js";
