import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './blocks.js';
import { statesPage } from './states.js';

await writeFile(join(root, 'docs/states.md'), await statesPage());
