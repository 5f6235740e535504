import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { noticeEvent } from '../../activities/notify/event.js';
import { root } from './blocks.js';

it('the schema of a notice that stands in the docs is the one that is kept', async () => {
  const written = JSON.parse(await readFile(join(root, 'docs/notice.schema.json'), 'utf8')) as object;
  expect(written).toEqual(z.toJSONSchema(noticeEvent));
});
