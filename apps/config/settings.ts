import { z } from 'zod';
import { milliseconds, type Duration } from '../../src/engine/base/duration.js';
import { nearest } from '../../src/engine/base/nearest.js';

/** An object with these members and no others: a misspelt one is named, with what it may have been meant to be. */
export function members<S extends z.core.$ZodLooseShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error(issue) {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const unknown = (issue['keys'] as readonly string[])[0] ?? '';
      const [near] = nearest(unknown, known);
      const fix = near === undefined ? `use one of ${known.join(', ')}` : `write ${near}, if that is meant`;
      return `${JSON.stringify(unknown)} is not known here; ${fix}`;
    },
  });
}

/** A secret stands in the file itself only in local environments; elsewhere the file names a variable. */
export const secret = z.union([z.string().min(1), members({ env: z.string().min(1) })], {
  error: 'write a text, or {"env": "VARIABLE"} to take it from a variable of the worker',
});

/** A text that says something. */
export const nonEmpty = z.string().min(1, 'it is empty; write a name');

/** A moment as ISO 8601 with its zone, in Unix ms. */
export const moment = z.iso
  .datetime({ offset: true, error: 'it is no time; write it as 2026-12-01T00:00:00Z' })
  .transform((text) => Date.parse(text));

/** A length of time such as `15s`, in milliseconds. */
export const duration = z.string().transform((text, context) => {
  try {
    return milliseconds(text as Duration);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** An address of HTTP; of one that is none, nothing is shown, for it may hold a password. */
export const httpAddress = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = (message: string) => context.addIssue({ code: 'custom', message });
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    wrong('it is not an HTTP address; write it as http://host:port/path, or with https');
  } else if (url.username !== '' || url.password !== '') {
    wrong(`it holds credentials, and would stand in every error message; take them out of it`);
  }
});
