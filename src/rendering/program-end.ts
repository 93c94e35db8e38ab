/** Cleans up at the end of the program, however it ends. */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `restore` when the program ends by a signal, by an error or by `process.exit`. If there are other listeners
 * for a signal, they decide what happens. Does nothing outside of Node.
 *
 * @returns a function that stops watching
 */
export function onProgramEnd(restore: () => void): () => void {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (typeof process?.kill !== "function") return () => {};
  const listener = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    stop();
    restore();
    process.kill(process.pid, signal); // ends the process, as there is no listener any more
  };
  const stop = () => {
    process.off("exit", restore);
    for (const signal of signals) process.off(signal, listener);
  };
  process.on("exit", restore);
  for (const signal of signals) process.on(signal, listener);
  return stop;
}
