/** A request that was refused. */
export interface Attempt {
  readonly operation: string;
  readonly status: number;
  readonly problem: string;
  readonly address: string;
  readonly by?: string;
  readonly token?: string;
}

/** Tells of refused requests. */
export interface Audit {
  refused(attempt: Attempt): void;
  /** Tells what is still counted. */
  close(): void;
}

/** So many of one address are told one by one in a minute; of more, their number at its end. */
const mostTold = 60;
const minute = 60_000;

/** One line of JSON for each refused attempt, so that somebody who tries is seen, and cannot fill the disk. */
export function auditTo(log: (line: string) => void, now: () => number = Date.now): Audit {
  let since = now();
  const counts = new Map<string, number>();
  const write = (entry: object) => log(JSON.stringify({ at: new Date(now()).toISOString(), ...entry }));

  function settle(): void {
    for (const [address, count] of counts) {
      if (count > mostTold) write({ event: 'refused-more', address, count: count - mostTold });
    }
    counts.clear();
    since = now();
  }
  return {
    refused(attempt) {
      if (now() - since >= minute) settle();
      const count = (counts.get(attempt.address) ?? 0) + 1;
      counts.set(attempt.address, count);
      if (count <= mostTold) write({ event: 'refused', ...attempt });
    },
    close: settle,
  };
}
