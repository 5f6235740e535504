import { spawn } from 'node:child_process';
import { programOf } from '../apps/local/child-process.js';
import { preciseNow } from './clock.js';
import { told, within, type Figure } from './figures.js';
import type { Stage } from './stage.js';

/** What the demo of drills prints as its last line. */
interface Drilled {
  readonly drilled: number;
  readonly pastReturn: number;
  readonly failed: readonly unknown[];
  readonly timeToRestoreMs: { readonly p50: number; readonly max: number; readonly exposureMax: number };
}

/** Milliseconds for the demo's runbook at all of its points. */
const goal = 300_000;

/** How soon the demo's runbook is drilled at every point, on servers of its own, and how soon it is back each time. */
export async function benchDrills({ say }: Stage): Promise<Figure[]> {
  const before = preciseNow();
  const { drilled, pastReturn, failed, timeToRestoreMs } = await drillDemo(say);
  const took = preciseNow() - before;
  if (failed.length > 0)
    throw new Error(`${failed.length} points did not come back: ${JSON.stringify(failed)}`);
  const points = drilled + pastReturn;
  return [
    told('points', points),
    told('points per minute, with the start of the servers', points / (took / 60_000)),
    within('all points, with the start of the servers, s', took / 1_000, goal / 1_000),
    told('time to restore, median, ms', timeToRestoreMs.p50),
    told('time to restore, worst, ms', timeToRestoreMs.max),
    told('exposure back, worst, ms', timeToRestoreMs.exposureMax),
  ];
}

/** Runs it as a program of its own, as people do. */
async function drillDemo(say: (line: string) => void): Promise<Drilled> {
  const { file, execArgv } = programOf(new URL('../demo/drill/main.js', import.meta.url));
  const child = spawn(process.execPath, [...execArgv, file, '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text));
  child.stderr.on('data', (text: Buffer) => say(String(text).trimEnd()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error('the demo of drills ended without a summary');
  return JSON.parse(last) as Drilled;
}
