import type { Target } from '../engine/index.js';

/** A table of a database that the environment's configuration knows by name. */
export interface Table {
  /** The database's name in the configuration. */
  readonly db: string;
  /** As the database resolves it: `customer`, or `shop.customer` with a schema. */
  readonly table: string;
}

export function tableTarget({ db, table }: Table): Target {
  return `table:${db}.${table}`;
}
