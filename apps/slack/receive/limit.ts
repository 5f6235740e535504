/** Whether somebody may still act now. */
export type Limit = (user: string) => boolean;

const most = 30;
const minute = 60_000;

/** So many acts of one user a minute: each is written into a journal, and nobody may fill that. */
export function limitPerUser(now: () => number = Date.now): Limit {
  let since = now();
  const counts = new Map<string, number>();
  return (user) => {
    if (now() - since >= minute) {
      counts.clear();
      since = now();
    }
    const count = (counts.get(user) ?? 0) + 1;
    counts.set(user, count);
    return count <= most;
  };
}
