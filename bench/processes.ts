import { readFile } from 'node:fs/promises';

/** The kernel's clock ticks in a second on every Linux. */
const ticksPerSecond = 100;

/** What a process has used, as the kernel counts it. */
export interface Usage {
  /** Seconds of one CPU since it started. */
  readonly cpu: number;
  /** Bytes of memory that are resident now. */
  readonly resident: number;
}

/** Looks at a process through `/proc`. Throws on systems without it. */
export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  ).catch((error: unknown) => {
    throw new Error(`process ${pid} cannot be measured: this benchmark needs Linux and its /proc`, {
      cause: error,
    });
  });
  // The name in parentheses may hold spaces; the fields are counted after it.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status ?? '')?.[1]);
  return { cpu: (user + system) / ticksPerSecond, resident: kilobytes * 1_024 };
}
