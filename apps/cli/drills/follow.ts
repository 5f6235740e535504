import { setTimeout as sleep } from 'node:timers/promises';
import { pointName } from '../../../src/drill/points.js';
import type { DrilledPoint, DrillRecord } from '../../../src/drill/record.js';
import type { DrillsClient, StartedDrill } from '../../client/drills.js';
import type { Context } from '../context.js';

const lookEvery = 500;

/** Tells of each point on stderr as soon as it was drilled, until the drill has ended or Ctrl-C comes. */
export async function followDrill(
  client: DrillsClient,
  started: StartedDrill,
  { io }: Pick<Context, 'io'>,
): Promise<DrillRecord | 'detached'> {
  const over = new AbortController();
  let release: () => void = () => undefined;
  const detached = new Promise<'detached'>((resolve) => {
    release = io.onInterrupt(() => resolve('detached'));
  });
  let told = 0;
  const tell = (points: readonly DrilledPoint[], of: number) => {
    for (const point of points.slice(told)) {
      told += 1;
      io.stderr.write(`${told} of ${of} ${pointLine(point)}\n`);
    }
  };
  const telling = (async () => {
    while (!over.signal.aborted) {
      const progress = await client.progress(started);
      if (progress) tell(progress.drilled, progress.points);
      await sleep(lookEvery, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  try {
    const ended = await Promise.race([client.result(started), detached]);
    over.abort();
    await telling;
    if (ended !== 'detached') tell(ended.points, ended.points.length);
    return ended;
  } finally {
    release();
    over.abort();
  }
}

/** One line for a point that was drilled. */
export function pointLine(point: DrilledPoint): string {
  const { result, outcome, restored, differences } = point;
  const back = restored ? `, back and verified in ${restored.verified} ms` : '';
  const why = differences.length > 0 ? `: ${differences.join('; ')}` : '';
  return `${result === 'passed' ? 'ok    ' : 'FAILED'} ${pointName(point)}: ${outcome ?? 'no end'}${back}${why}`;
}
