/** The shell of the examples: options in, errors and help out. */

import { type Given, readOptions } from "./options.js";

/** What an example consists of. */
export interface Example<Settings> {
  /** Declares the options and explains them, in 80 columns; printed by `--help`. */
  usage: string;
  /** Turns the options into settings; throws an `Error` for wrong ones. */
  settings: (given: Given) => Settings;
  /** The program. */
  main: (settings: Settings) => Promise<void>;
}

/** Runs an example with the options of its command line. When it fails, the error is one line and the exit code 1. */
export async function runExample<Settings>({ usage, settings, main }: Example<Settings>): Promise<void> {
  const chosen = commandLine(usage, settings);
  try {
    await main(chosen);
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/**
 * Settings from the options of the command line. Prints `usage` and ends the program when `--help` is asked for; says
 * what is wrong and ends it with code 1 when an option is unknown or has a wrong value.
 */
export function commandLine<Settings>(usage: string, settings: (given: Given) => Settings): Settings {
  try {
    const given = readOptions(usage, process.argv.slice(2));
    if (given) return settings(given);
  } catch (error) {
    wrongOption(error);
  }
  console.log(usage);
  process.exit();
}

/** Prints which option is wrong, and ends the program with code 1. */
export function wrongOption(error: unknown): never {
  // Node adds advice about arguments that begin with a dash.
  const [message] = String(error instanceof Error ? error.message : error).split(". To specify");
  console.error(`${message}; see --help`);
  process.exit(1);
}
