import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from '../../../src/drill/mutants.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { endAll } from '../../local/beginnings.js';
import { removePostgres } from '../../local/postgres-place.js';
import { startPostgres } from '../../local/postgres-server.js';
import { requireComplete } from './complete.js';
import { makeTemplate, type Template } from './databases.js';
import { writeFlags } from './flags.js';
import type { LocalTargets } from './options.js';
import { beginSystem } from './systems.js';
import { LocalWorld } from './world.js';

/** Where the points of one plan are drilled: a PostgreSQL server, and each target as it begins. */
export interface LocalStage {
  /**
   * Fresh targets, for one point. To be closed by who opens it.
   *
   * @param mutant a way back that does not do what it says
   */
  open(mutant?: Mutant): Promise<LocalWorld>;
  /** Ends and removes whatever was started and made. */
  close(): Promise<void>;
}

/**
 * Starts what a plan's drill needs, and makes each database once, from which points get copies.
 *
 * @throws Refusal when nobody says how something that the plan acts on begins, or when that fails
 */
export async function openStage(plan: Plan, targets: LocalTargets): Promise<LocalStage> {
  requireComplete(plan, targets);
  const { databases = {}, flags = {}, systems = [] } = targets;
  const ends: (() => Promise<void>)[] = [];
  const close = () => endAll(ends);
  try {
    const dir = await mkdtemp(join(tmpdir(), 'switchback-drill-'));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    // As root the server runs as another user, who must reach its data below this directory.
    await chmod(dir, 0o711);
    const templates: Template[] = [];
    if (Object.keys(databases).length > 0) {
      const server = targets.server ?? (await startServer(dir, ends));
      for (const [name, options] of Object.entries(databases)) {
        const template = await makeTemplate(server, name, options);
        templates.push(template);
        ends.push(() => template.drop());
      }
    }
    let worlds = 0;
    return {
      close,
      async open(mutant) {
        worlds += 1;
        return new LocalWorld({
          databases: await Promise.all(templates.map((template) => template.copy())),
          flags: await writeFlags(join(dir, `point-${worlds}`), flags),
          systems: await Promise.all(systems.map((system) => beginSystem(plan, system))),
          mutant,
        });
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServer(dir: string, ends: (() => Promise<void>)[]): Promise<string> {
  const home = join(dir, 'postgres');
  // What a crash of the machine would lose is worth nothing here.
  const server = await startPostgres({
    dir: home,
    postgresFlags: ['-c', 'fsync=off', '-c', 'full_page_writes=off'],
  });
  ends.push(async () => {
    await server.stop();
    await removePostgres(home);
  });
  return server.url;
}
