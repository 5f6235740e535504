import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';

/** What everything is called that a drill makes and throws away. Nothing else is ever dropped. */
const prefix = 'switchback_drill_';
/** Bytes of a name in PostgreSQL. */
const longestName = 63;

/** A database that is cloned, and its clone. */
export interface ClonedDatabase {
  /** As plans call it. */
  readonly name: string;
  /** Of the template. */
  readonly url: string;
  /** Names of the databases on the server. */
  readonly template: string;
  readonly clone: string;
  readonly cloneUrl: string;
}

/**
 * How the clone of an environment's database is reached, on the server of its template.
 *
 * @throws Refusal when the template is called as only clones are
 */
export function cloneOf(environment: string, name: string, url: string): ClonedDatabase {
  const template = new pg.Client({ connectionString: url }).database ?? '';
  refuseClone(`database ${name}`, template);
  const clone = nameOf(environment, name);
  const cloned = new URL(url);
  cloned.pathname = `/${clone}`;
  return { name, url, template, clone, cloneUrl: cloned.href };
}

/**
 * Where a drill's own copy of a flag file is.
 *
 * @throws Refusal when the file is called as only copies are
 */
export function copyOf(environment: string, store: string, file: string): string {
  refuseClone(`flag store ${store}`, basename(file));
  return join(dirname(file), `${nameOf(environment, store)}.json`);
}

/** Names are short enough, and two environments never have the same. */
function nameOf(environment: string, name: string): string {
  const whole = `${prefix}${environment}_${name}`.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
  const mark = createHash('sha256')
    .update(JSON.stringify([environment, name]))
    .digest('hex')
    .slice(0, 8);
  return `${whole.slice(0, longestName - mark.length - 1)}_${mark}`;
}

function refuseClone(thing: string, called: string): void {
  if (!called.toLowerCase().startsWith(prefix)) return;
  throw new Refusal(
    `${thing} (${called})`,
    `begins with ${prefix}, and whatever is called so is thrown away by drills`,
    'name the template in the configuration: the drill makes its clone by itself',
  );
}
