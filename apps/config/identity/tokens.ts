import { z } from 'zod';
import { rights } from '../../../src/identity/rights.js';
import { members, moment, nonEmpty } from '../settings.js';
import { refuseTwice } from './twice.js';

const right = z.enum(rights, { error: `it is no right; use one of ${rights.join(', ')}` });

/** API tokens: what `switchback token create` prints. The token itself stands nowhere. */
export const tokens = z
  .array(
    members({
      id: nonEmpty,
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'it is no SHA-256 in hex; make one with: switchback token create'),
      principal: nonEmpty,
      /** The rights that it carries, of those that its principal has. None when empty. */
      scopes: z.array(right),
      expires: moment,
    }),
  )
  .superRefine((all, context) => {
    refuseTwice(all, ({ id }) => id, ['id'], context);
    refuseTwice(all, ({ hash }) => hash, ['hash'], context);
  });
