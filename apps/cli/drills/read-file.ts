import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Refusal } from '../../../src/engine/base/errors.js';
import { isSealed, type DrillRecord } from '../../../src/drill/record.js';
import { drillRecordShape } from './record-shape.js';

/**
 * The drill records in a file, as `drill report -o json` prints them: one, a list, or one on each line.
 *
 * @throws Refusal for a file that is not there, is not JSON, holds no records, or one that was edited
 */
export async function readRecordsFile(file: string, cwd: string): Promise<readonly DrillRecord[]> {
  const path = resolve(cwd, file);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const rule = error.code === 'ENOENT' ? 'is no file' : `cannot be read: ${error.message}`;
    throw new Refusal(path, rule, 'name a file with drill records');
  });
  const records = valuesIn(path, text).map((value, index) => recordOf(`${path}: record ${index + 1}`, value));
  if (records.length > 0) return records;
  throw new Refusal(path, 'holds no drill record', 'name a file with drill records');
}

/** Throws a `Refusal` when a record is not as it was sealed: what somebody edited proves nothing. */
export function requireSealed(record: DrillRecord): DrillRecord {
  if (isSealed(record)) return record;
  throw new Refusal(
    `drill record ${record.drill}`,
    'is not as it was sealed: somebody edited it, or it was cut',
    'take it from the records again; it proves nothing',
  );
}

function valuesIn(path: string, text: string): unknown[] {
  const whole = parsed(text);
  if (whole.ok) return Array.isArray(whole.value) ? whole.value : [whole.value];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const each = lines.map(parsed);
  const wrong = each.findIndex(({ ok }) => !ok);
  if (wrong < 0) return each.map(({ value }) => value);
  throw new Refusal(path, `is not JSON, neither whole nor line ${wrong + 1}`, 'export the records again');
}

function parsed(text: string): { readonly ok: boolean; readonly value?: unknown } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** The value itself, and not what the shape makes of it: its hash is over all that stands there. */
function recordOf(thing: string, value: unknown): DrillRecord {
  const found = drillRecordShape.safeParse(value);
  if (found.success) return requireSealed(value as DrillRecord);
  const issue = found.error.issues[0];
  const place = issue?.path.join('.');
  throw new Refusal(
    thing,
    `is no drill record: ${place ? `${place}: ` : ''}${issue?.message ?? 'it has another shape'}`,
    'export the records again, with a build that knows their format',
  );
}
