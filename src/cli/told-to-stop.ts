// Commands that run until they are told to stop.

/** Resolves with the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
