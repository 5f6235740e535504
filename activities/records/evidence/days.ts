import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const day = 86_400_000;

/** The name of the day (UTC) of a moment, in milliseconds since the epoch. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The days of a window, oldest first. */
export function daysBetween(from: number, to: number): string[] {
  const days: string[] = [];
  for (let at = from - (from % day); at <= to; at += day) days.push(dayOf(at));
  return days;
}

/** Removes the directories of days that are older than `keepDays`, and answers the others. */
export async function pruneDays(directory: string, today: string, keepDays: number): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort();
  const oldest = dayOf(Date.parse(today) - keepDays * day);
  for (const name of names.filter((name) => name < oldest)) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  return names.filter((name) => name >= oldest);
}
