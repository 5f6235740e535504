import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { canonicalJson, type JsonObject } from '../../src/engine/base/json.js';
import { actsOf, type Plan } from '../../src/engine/plan/plan.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import type { DrillWrite } from '../records/drills.js';
import { withConnection } from './clone.js';
import { differingObjects, objectsIn, type Objects } from './objects.js';
import { placesIn, type Place } from './places.js';
import { differingRows, keyExpression, readRows, tablesIn, type Tables } from './rows.js';

const { escapeIdentifier } = pg;

/** Rows of a table that are written beside a rollout. */
const writtenRows = 24;

/** What a drill works on. */
export interface Scratch {
  /** Urls of the clones, by the name that plans use. */
  readonly databases: Readonly<Record<string, string>>;
  /** Copies of flag files, by store. */
  readonly flagFiles: Readonly<Record<string, string>>;
  /** A team's own. */
  readonly adapters: readonly Adapter[];
}

/** Rows that are written beside the rollout, before it. */
export interface Written {
  readonly place: Place;
  /** By key: what stands in the column, and the checksum of the rest of the row. */
  readonly rows: Readonly<Record<string, { readonly value: string | null; readonly rest: string }>>;
}

/** How a database was. */
interface DatabaseBefore {
  readonly objects: Objects;
  readonly tables: Tables;
  readonly written: readonly Written[];
}

/** How everything was that a rollout may touch: read by the drill itself, and not by the adapters' captures. */
export interface Before {
  readonly databases: Readonly<Record<string, DatabaseBefore>>;
  /** All flags, by store. */
  readonly flags: Readonly<Record<string, JsonObject>>;
  /** Targets of a team's own adapters, as these read them. */
  readonly others: Readonly<Record<string, JsonObject>>;
}

/** What was found when everything was read again. */
export interface Found {
  readonly differences: readonly string[];
  readonly rowsCompared: number;
  readonly rowsLost: number;
}

/** Reads everything that a rollout of the plan may touch. */
export async function lookAround(scratch: Scratch, plan: Plan, work: Work): Promise<Before> {
  const databases: Record<string, DatabaseBefore> = {};
  for (const [name, url] of Object.entries(scratch.databases)) {
    databases[name] = await inSnapshot(url, (client) => lookAtDatabase(client, name, plan));
  }
  const flags: Record<string, JsonObject> = {};
  for (const [store, file] of Object.entries(scratch.flagFiles)) flags[store] = await readFlags(file);
  return { databases, flags, others: await readOthers(scratch, plan, work) };
}

/** Reads everything again and holds it against what it was, and against what was written meanwhile. */
export async function compareWith(
  before: Before,
  scratch: Scratch,
  plan: Plan,
  writes: readonly DrillWrite[],
  work: Work,
): Promise<Found> {
  const differences: string[] = [];
  let rowsCompared = 0;
  let rowsLost = 0;
  for (const [name, was] of Object.entries(before.databases)) {
    const url = scratch.databases[name];
    if (url === undefined) continue;
    const found = await inSnapshot(url, (client) => compareDatabase(client, was, writes));
    differences.push(...found.differences);
    rowsCompared += found.rowsCompared;
    rowsLost += found.rowsLost;
  }
  for (const [store, file] of Object.entries(scratch.flagFiles)) {
    differences.push(...differingFlags(store, before.flags[store] ?? {}, await readFlags(file)));
  }
  const others = await readOthers(scratch, plan, work);
  for (const [target, was] of Object.entries(before.others)) {
    const is = canonicalJson(others[target] ?? null);
    if (is !== canonicalJson(was)) differences.push(`${target} was ${canonicalJson(was)}, and is ${is}`);
  }
  return { differences, rowsCompared, rowsLost };
}

async function lookAtDatabase(client: pg.Client, name: string, plan: Plan): Promise<DatabaseBefore> {
  const { places } = await placesIn(client, name, plan);
  const written: Written[] = [];
  const all = await tablesIn(client);
  for (const place of places) {
    const table = all.find((one) => one.name === place.table);
    if (table) written.push({ place, rows: await readWritten(client, place, table.columns) });
  }
  const tables: Record<string, Tables[string]> = {};
  for (const table of all) {
    tables[table.name] = await readRows(client, table.name, table, keysWritten(written, table.name));
  }
  return { objects: await objectsIn(client), tables, written };
}

async function compareDatabase(
  client: pg.Client,
  { objects, tables, written }: DatabaseBefore,
  writes: readonly DrillWrite[],
): Promise<Found> {
  const differences: string[] = [];
  let rowsCompared = 0;
  const columns = new Map((await tablesIn(client)).map((table) => [table.name, table.columns] as const));
  const comparable = (name: string) =>
    tables[name]?.columns.every((column) => columns.get(name)?.includes(column)) ?? false;
  for (const [name, before] of Object.entries(tables)) {
    // A column or a table that is gone is told with the objects.
    if (!comparable(name)) continue;
    const now = await readRows(client, name, before, keysWritten(written, name));
    rowsCompared += before.rows;
    differences.push(...differingRows(name, before, now));
  }
  let rowsLost = 0;
  for (const { place, rows } of written) {
    const before = tables[place.table];
    if (!before || !comparable(place.table)) continue;
    const now = await readWritten(client, place, before.columns, Object.keys(rows));
    rowsCompared += Object.keys(rows).length;
    const faults = Object.keys(rows).flatMap((key) => faultOf(place, key, rows[key], now[key], writes));
    rowsLost += faults.length;
    differences.push(...faults);
  }
  return {
    differences: [...differences, ...differingObjects(objects, await objectsIn(client))],
    rowsCompared,
    rowsLost,
  };
}

/** Why a row is not what its last write made of it; what nobody acknowledged may be there or not. */
function faultOf(
  { id }: Place,
  key: string,
  before: Written['rows'][string] | undefined,
  now: Written['rows'][string] | undefined,
  writes: readonly DrillWrite[],
): string[] {
  const own = writes.filter((write) => write.place === id && write.key === key);
  const last = own.findLastIndex(({ acknowledged }) => acknowledged);
  const acknowledged = last < 0 ? (before?.value ?? null) : (own[last]?.value ?? null);
  const allowed = [acknowledged, ...own.slice(last + 1).map(({ value }) => value)];
  if (now === undefined) return [`${id} of row ${key}: the row is gone, and was ${acknowledged}`];
  if (!allowed.includes(now.value))
    return [`${id} of row ${key}: ${acknowledged} was acknowledged, and ${now.value} is there`];
  if (now.rest !== before?.rest) return [`row ${key} of ${id}: other columns of it are not as they were`];
  return [];
}

async function readWritten(
  client: pg.Client,
  { table, key, column }: Place,
  columns: readonly string[],
  keys?: readonly string[],
): Promise<Written['rows']> {
  const rest = columns.filter((one) => one !== column).map(escapeIdentifier);
  const id = keyExpression([key]);
  const { rows } = await client.query<{ key: string; value: string | null; rest: string }>(
    `SELECT ${id} AS key, ${escapeIdentifier(column)}::text AS value, md5(ROW(${rest.join(', ')})::text) AS rest
       FROM ${table} WHERE ${keys ? `${id} = ANY ($1::text[])` : '$1::text[] IS NULL'}
      ORDER BY md5(${id}) LIMIT ${writtenRows}`,
    [keys ?? null],
  );
  return Object.fromEntries(rows.map(({ key: of, value, rest: sum }) => [of, { value, rest: sum }]));
}

function keysWritten(written: readonly Written[], table: string): string[] {
  return written.flatMap(({ place, rows }) => (place.table === table ? Object.keys(rows) : []));
}

function inSnapshot<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  return withConnection(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found = await look(client);
    await client.query('COMMIT');
    return found;
  });
}

async function readFlags(file: string): Promise<JsonObject> {
  const { flags = {} } = JSON.parse(await readFile(file, 'utf8')) as { flags?: JsonObject };
  return flags;
}

function differingFlags(store: string, before: JsonObject, now: JsonObject): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], now[name]].map((flag) => canonicalJson(flag ?? null));
    return was === is ? [] : [`flag ${name} of ${store} was ${was}, and is ${is}`];
  });
}

/** Of what neither a clone nor a copy shows only its adapter can say how it is. */
async function readOthers({ adapters }: Scratch, plan: Plan, work: Work): Promise<Before['others']> {
  const read: Record<string, JsonObject> = {};
  for (const act of actsOf(plan)) {
    const adapter = adapters.find(({ name }) => name === act.do.kind.split('.')[0]);
    if (adapter && read[act.target] === undefined) read[act.target] = await adapter.read(act, work);
  }
  return read;
}
