import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The flag that chooses the arm: on means candidate. */
export const SPLIT_NAME = 'split-name';

/** The flags as the demo begins: besides `split-name` some that every edit must leave alone. */
export const initialFlags = {
  $schema: 'https://flagd.dev/schema/v0/flags.json',
  metadata: { flagSetId: 'demo-shop', owner: 'team-checkout' },
  $evaluators: { isNorth: { '==': [{ var: 'region' }, 'north'] } },
  flags: {
    [SPLIT_NAME]: {
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      metadata: { description: 'Read and write first_name and last_name instead of full_name.' },
    },
    'free-shipping': {
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      targeting: { if: [{ $ref: 'isNorth' }, 'on', 'off'] },
    },
  },
};

/**
 * Writes the shop's flags in flagd's file format, everyone on the baseline. Besides `split-name` it holds a flag,
 * an evaluator and metadata that have nothing to do with the migration and that every edit must leave alone.
 */
export async function writeInitialFlags(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(initialFlags, null, 2)}\n`);
  await rename(temporary, file);
}
