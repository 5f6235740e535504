import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { memoryFile, type Memory } from '../../activities/flags/memory.js';
import type { Json } from '../../src/engine/base/json.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import type { Answers } from './hands.js';
import { eventsThatCount, normal } from './normal.js';
import type { Stage } from './stage.js';

/** Everything that a run leaves behind and that a fault may not change, by name. */
export type Observation = { readonly [part: string]: Json };

/** Looks at a run that is over, from all sides. */
export async function observe(stage: Stage, answers: Answers, bundle: string): Promise<Observation> {
  const { client, rollout, environment, dir, database } = stage;
  const replayed = await faultOfReplay(stage, bundle);
  const journal = await client.journal(rollout);
  const outcome = (await client.status(rollout)).outcome;
  const { status } = await stage.temporal.workflow.getHandle(rollout).describe();
  const { exposures, unreadable } = await stage.seen();
  const parts = {
    outcome: outcome ?? null,
    closed: status.name,
    catalogue: await database.catalogue(),
    rows: await database.rows(),
    flags: await stage.flags(),
    definitions: await stage.definitions(),
    exposures,
    'not read by the shop': unreadable,
    'beside the flags': await filesOfFlags(stage),
    ledger: await ledgerOf(stage),
    'flag memory': await flagMemoryOf(stage),
    captures: await stage.records.captures.list(rollout),
    journal: eventsThatCount(journal),
    numbers: numbering(journal),
    exported: await faultOfExport(stage, journal),
    decisions: faultsOfDecisions(journal, answers),
    replay: replayed,
  };
  const own = { rollout, environment, dir, database: new URL(database.url).pathname.slice(1) };
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, normal(part, own)]));
}

async function ledgerOf({ database, rollout }: Stage) {
  const [ledger] = await database.query<{ there: boolean }>(
    `select to_regclass('switchback.ledger') is not null as there`,
  );
  if (!ledger?.there) return [];
  return database.query(
    `select step, epoch, verb, state, effect, progress from switchback.ledger where rollout = $1
      order by step, epoch, verb`,
    [rollout],
  );
}

/** The flag file and all that belongs to it, locks and temporary files too. */
async function filesOfFlags({ dir, flagFile }: Stage): Promise<string[]> {
  const name = basename(flagFile);
  return (await readdir(dir)).filter((other) => other.replace(/^\./, '').startsWith(name)).sort();
}

async function flagMemoryOf({ flagFile, rollout }: Stage) {
  const memory = JSON.parse(
    await readFile(memoryFile(flagFile), 'utf8').catch(() => '{}'),
  ) as Partial<Memory>;
  return memory.rollouts?.[rollout] ?? {};
}

function numbering(journal: readonly JournalEvent[]): string {
  const gap = journal.findIndex(({ number }, index) => number !== index + 1);
  return gap < 0 ? 'without a gap' : `event ${gap + 1} has number ${journal[gap]?.number}`;
}

async function faultOfExport({ records, rollout }: Stage, journal: readonly JournalEvent[]): Promise<string> {
  const verification = await records.journal.verify(rollout);
  if (!verification.ok) return verification.fault.reason;
  const exported = (await records.journal.read(rollout)).map(({ event }) => event);
  if (exported.length !== journal.length) return `${exported.length} of ${journal.length} events`;
  const wrong = journal.find((event, index) => JSON.stringify(event) !== JSON.stringify(exported[index]));
  return wrong ? `event ${wrong.number} is another one` : 'whole';
}

/** Each decision stands in the journal once, as it was answered, however often it was sent. */
function faultsOfDecisions(journal: readonly JournalEvent[], answers: Answers): string[] {
  const decided = journal.filter(
    ({ type, evidence }) => type === 'decision' && evidence?.['id'] !== undefined,
  );
  return [...answers].flatMap(([id, given]) => {
    const noted = decided.filter(({ evidence }) => evidence?.['id'] === id);
    if (noted.length !== 1) return [`${id} stands in the journal ${noted.length} times`];
    const answer = JSON.stringify(given[0]);
    return given.every((other) => JSON.stringify(other) === answer) ? [] : [`${id} was answered in two ways`];
  });
}

/** A history that does not replay would have stopped the next worker that takes it up. */
async function faultOfReplay({ temporal, rollout }: Stage, codePath: string): Promise<string> {
  const history = await temporal.workflow.getHandle(rollout).fetchHistory();
  return replayHistory({ codePath }, history, rollout).then(
    () => 'replays',
    (error: unknown) => String(error),
  );
}
