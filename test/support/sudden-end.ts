/**
 * A run that is ended by a signal tears nothing down: does the least then, so that no server is left behind.
 *
 * @returns what makes it forget
 */
export function onSuddenEnd(act: () => void): () => void {
  const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
  // Without a listener a signal ends the process with no exit event.
  const exit = (signal: NodeJS.Signals) => process.exit(signals[signal as keyof typeof signals]);
  process.once('exit', act);
  Object.keys(signals).forEach((signal) => process.once(signal, exit));
  return () => {
    process.off('exit', act);
    Object.keys(signals).forEach((signal) => process.off(signal, exit));
  };
}

/** Asks a server to end; one that is gone is left alone. */
export function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It is gone already, and the process is exiting.
  }
}
