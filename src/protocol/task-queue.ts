/** The task queue of an environment's workers. */
export function taskQueueOf(environmentName: string): string {
  return `switchback-${environmentName}`;
}
