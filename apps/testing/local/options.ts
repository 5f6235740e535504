import type { DefinedAdapter } from '../../../activities/adapter/define.js';
import type { Json, JsonObject } from '../../../src/engine/base/json.js';

/** How a database begins, and what its clients do meanwhile. */
export interface LocalDatabase {
  /** SQL that makes its tables and some rows, or a function that is given its URL. Done once for all points. */
  readonly begin: string | ((url: string) => Promise<unknown>);
  /** The path on which tables are looked up, such as `shop,public`; the server's own when absent. */
  readonly searchPath?: string;
  /**
   * What clients write while the rollout goes on: once, before the first act is taken back. It has to be there
   * afterwards, as in a database that never saw the rollout. It must write the same whenever it runs: no `now()`.
   */
  readonly writes?: readonly Write[];
}

/**
 * SQL of a client that knows nothing of the rollout; or, of one that got the candidate, what it writes in the new shape,
 * and the same in the old one.
 */
export type Write = string | { readonly candidate: string; readonly baseline: string };

/** A system of a team's own. */
export interface LocalSystem {
  readonly adapter: DefinedAdapter;
  /** Begins a fresh one, for each point: of its service, or of a stand-in that keeps state as the service does. */
  begin(): Promise<LocalSystemInstance>;
}

/** One instance of a team's own system, for one point. */
export interface LocalSystemInstance {
  /** What the adapter's `settings` ask for. */
  readonly settings: JsonObject;
  /** What it is now, read past the adapter; the adapter's own `read` of the plan's targets when absent. */
  look?(): Promise<Json>;
  end?(): Promise<void>;
}

/** What a plan finds on the local stack. */
export interface LocalTargets {
  /** By the name that the plan uses. */
  readonly databases?: Readonly<Record<string, LocalDatabase>>;
  /** Flag stores by the name that the plan uses: the document in flagd's format that each begins with. */
  readonly flags?: Readonly<Record<string, JsonObject>>;
  readonly systems?: readonly LocalSystem[];
  /**
   * The URL of a PostgreSQL server, as a role that may make databases. Without it one of this machine is started, and
   * gone afterwards.
   */
  readonly server?: string;
}
