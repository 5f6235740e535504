import { expect, it } from 'vitest';
import { createSigner } from '../../../apps/client/signing/signer.js';
import { failuresOf, vouchingFault } from '../../../apps/worker/drill/vouched.js';
import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { pointName } from '../../../src/drill/points.js';
import { sealed, type DrillRecord } from '../../../src/drill/record.js';
import { provenRecord } from '../../drill/given.js';
import { grant, sharedWith } from './given.js';

const caller = { name: 'ana', proof: 'token' } as const;
const [own, other] = await Promise.all([makeDoorKey('k1'), makeDoorKey('k1')]);
const record = provenRecord(splitCustomerName.evaluate({}), 'drills', Date.now());
const wanted = (over: Partial<DrillRecord> = {}) => {
  const said = { ...record, ...over };
  return { ...said, points: said.points.map(pointName) };
};

async function signedBy({ secret }: { readonly secret: string }, over?: Partial<DrillRecord>) {
  const signer = createSigner({ environment: 'production', door: 'api' }, await openDoorKey(secret));
  return signer.drill(caller, wanted(over));
}

/** An environment whose one door has that key. */
function environmentOf(x = own.x, rights = [grant('drill')]) {
  const doors = { api: { keys: [{ kid: 'k1', x }], proofs: ['token' as const] } };
  return { ...sharedWith(rights), identity: { issuers: [], tokens: [], doors } };
}

const found = { ...record, signed: await signedBy(own) };

it('a drill counts that one of the doors has vouched for, whenever that was', async () => {
  expect(await vouchingFault(environmentOf(), found)).toBeUndefined();
});

it.each<[string, Promise<DrillRecord>, RegExp]>([
  ['that nobody signed', Promise.resolve(record), /no door has signed it: ana started it without/],
  ['with a forged signature', signedBy(other).then((signed) => ({ ...found, signed })), /does not fit/],
  ['of another plan', Promise.resolve({ ...found, digest: 'b'.repeat(64) }), /signed for plan a+, not b+/],
  [
    'of another runbook',
    Promise.resolve({ ...found, runbook: 'other' }),
    /signed for rollout drill\/drills\//,
  ],
  [
    'of another environment',
    Promise.resolve({ ...found, environment: 'mine' }),
    /signed for environment drills/,
  ],
  ['with another time scale', Promise.resolve({ ...found, timeScale: 0.01 }), /signed for .* something else/],
  ['of other points', Promise.resolve({ ...found, points: found.points.slice(1) }), /something else/],
  ['under another name', Promise.resolve({ ...found, startedBy: 'ben' }), /signed for name ana, not ben/],
])('what passed in a drill %s proves nothing', async (_, given, fault) => {
  expect(await vouchingFault(environmentOf(), await given)).toMatch(fault);
});

it('a door that is named no longer vouches for nothing, nor does somebody without the right', async () => {
  const { identity: _, ...without } = environmentOf();
  expect(await vouchingFault(without, found)).toMatch(/is of no door that the configuration names/);
  expect(await vouchingFault(environmentOf(own.x, [grant('start')]), found)).toBe(
    'ana has no right to drill on split-customer-name: nobody has it',
  );
});

it('what did not come back is believed all the same', () => {
  const [first, ...more] = record.points;
  const { hash: _, ...content } = record;
  const failed = sealed({ ...content, points: [{ ...first!, result: 'failed' }, ...more] });
  expect(failuresOf(failed).points).toEqual([{ ...first, result: 'failed' }]);
});
