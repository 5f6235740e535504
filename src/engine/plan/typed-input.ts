import type { output, ZodType } from 'zod';
import { Refusal } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';

/**
 * Reads an object by a schema. Throws `Refusal` naming the member, its rule and the fix; also for a member that the
 * schema does not know, which zod would drop in silence.
 *
 * @param thing what the object is: `input of queue.resize`
 */
export function readTyped<S extends ZodType<object>>(schema: S, raw: JsonObject, thing: string): output<S> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const member = issue && issue.path.length > 0 ? `${issue.path.join('.')} in ` : '';
    throw new Refusal(
      `${member}${thing}`,
      issue?.message ?? 'does not parse',
      'give what its schema asks for',
    );
  }
  const unknown = Object.keys(raw).find((key) => raw[key] !== undefined && !Object.hasOwn(parsed.data, key));
  if (unknown === undefined) return parsed.data;
  const known = Object.keys(parsed.data);
  throw new Refusal(
    `${unknown} in ${thing}`,
    'is unknown',
    known.length > 0 ? `use one of ${known.join(', ')}` : 'leave it out',
  );
}
