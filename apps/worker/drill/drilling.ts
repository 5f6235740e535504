import type { Client } from '@temporalio/client';
import { createDrillActivities } from '../../../activities/drill/drill-activities.js';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import { syntheticSource } from '../../../activities/metrics/synthetic-source.js';
import type { DrillStore } from '../../../activities/records/drills.js';
import type { Records } from '../../../activities/records/records.js';
import type { Verbs } from '../../../src/engine/state/ports.js';
import type { Adapter, Work } from '../../../src/protocol/adapter.js';
import type { Environment } from '../../config/config.js';
import type { Cloned } from './cloned.js';
import { failing } from './failing.js';

/** What the worker of a drill environment does beside every other worker's work. */
interface Drilling {
  readonly name: string;
  readonly client: Client;
  readonly records: Records;
  readonly cloned: Cloned;
  /** A team's own adapters. */
  readonly adapters: readonly Adapter[];
  readonly all: readonly Adapter[];
  readonly build: string;
  readonly versions: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  readonly apply: (input: Verbs['apply']['in'], work: Work) => Promise<Verbs['apply']['out']>;
}

/** The activities of drills, and the verb that fails where they say. */
export function drillingWith({
  name,
  client,
  records,
  cloned,
  adapters,
  all,
  build,
  versions,
  apply,
}: Drilling) {
  const { databases, files, environment } = cloned;
  return {
    ...createDrillActivities({
      client,
      environment: name,
      records,
      databases,
      files,
      adapters: all,
      own: adapters,
      people: environment.people,
      asked: (store) => environment.flags[store]?.observe !== undefined,
      build,
      versions,
      die,
    }),
    apply: failing(apply, records.drills, die),
  };
}

/** The sources that a drill environment makes up; none in any other. */
export function syntheticSources(
  { drill }: Environment,
  drills: DrillStore,
): Readonly<Record<string, MetricsSource>> {
  const isBad = () => drills.isBreached();
  return Object.fromEntries(
    Object.entries(drill?.metrics ?? {}).map(([source, options]) => [
      source,
      syntheticSource({ ...options, isBad }),
    ]),
  );
}

/** As a crash would: nothing is told to anybody. Whoever supervises this worker starts another. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
