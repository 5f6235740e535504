import { startChild } from './child-process.js';

/** A process that is started again whenever it dies. */
export interface SupervisedChild {
  /** Ends it, and starts no other. */
  stop(): Promise<void>;
}

/**
 * Keeps a process running: one that dies is followed by another, until `stop`. Resolves when the first is ready.
 *
 * @param onDeath hears of each death, and when another one works
 * @throws when the first does not start; one that dies and cannot be started again is tried for every few seconds
 */
export async function startSupervised(
  options: Parameters<typeof startChild>[0],
  onDeath: (text: string) => void = () => undefined,
): Promise<SupervisedChild> {
  let child = await startChild(options);
  let stopping = false;
  const again = async () => {
    while (!stopping) {
      await child.exited;
      if (stopping) return;
      onDeath(`${options.name} died, and is started again`);
      for (let pause = 100; !stopping; pause = Math.min(2 * pause, 5_000)) {
        try {
          child = await startChild(options);
          break;
        } catch (error) {
          onDeath(error instanceof Error ? error.message : String(error));
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }
    }
  };
  const supervising = again();
  return {
    async stop() {
      stopping = true;
      await child.stop();
      await supervising;
      // One that was being started when it was to stop.
      await child.stop();
    },
  };
}
