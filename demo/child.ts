/**
 * Reads a setting that a child process cannot do without.
 * @throws Error naming the variable when it is absent or empty.
 */
export function requiredSetting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: give it in the environment of the process that is forked`);
  return value;
}

/**
 * Reads a whole number >= 0 from the environment, or the given default when the variable is absent.
 * @throws Error naming the variable when it is something else.
 */
export function numberSetting(name: string, otherwise: number): number {
  const value = process.env[name];
  if (value === undefined || value === '') return otherwise;
  if (!/^\d+$/.test(value))
    throw new Error(`${name} is '${value}': write a whole number that is not negative`);
  return Number(value);
}

/** Sends a message to the parent and waits until it is on its way; without a parent it does nothing. */
export async function tellParent(message: object): Promise<void> {
  if (!process.send || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}

/**
 * Calls `stop` once: on the IPC message `{type:'stop'}`, when the parent is gone, and on SIGTERM. Then the process
 * exits, after `withinMs` at the latest. Ctrl-C reaches a whole terminal's processes at once; a child with a parent
 * leaves it to the parent to end its children in the right order.
 */
export function stopOnRequest(stop: () => Promise<void>, withinMs: number): void {
  let stopping = false;
  const begin = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), withinMs).unref();
    void stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('message', (message) => {
    if (messageType(message) === 'stop') begin();
  });
  process.on('disconnect', begin);
  process.on('SIGTERM', begin);
  process.on('SIGINT', () => {
    if (!process.connected) begin();
  });
}

/** The `type` of an IPC message, or undefined when it has none. */
export function messageType(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  return typeof message.type === 'string' ? message.type : undefined;
}
