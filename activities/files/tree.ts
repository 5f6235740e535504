import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The files below a directory that end in `suffix`, as paths within it without the suffix; none when it is missing. */
export async function filesBelow(directory: string, suffix: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(suffix) && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, '/').length, -suffix.length))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
