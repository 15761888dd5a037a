/** Makes the `_locales` of the extension from `src/locales`, in the form that browsers read. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const LOCALES = fileURLToPath(new URL('../src/locales', import.meta.url));
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const;

/** Every key of a language with its text; each language has the files of the English one. */
export async function readLanguage(language: string): Promise<Record<string, string>> {
  const folder = join(LOCALES, language);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const areas = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
  );
  return Object.assign({}, ...areas);
}

/** Blanks are filled by us (`{name}`), so a dollar sign is only a dollar sign. */
const asMessage = (text: string) => ({ message: text.replaceAll('$', '$$$$') });

/** Writes `_locales/<language>/messages.json` below the folder. */
export async function writeLocales(folder: string): Promise<void> {
  for (const language of LANGUAGES) {
    const words = Object.entries(await readLanguage(language));
    const messages = Object.fromEntries(words.map(([key, text]) => [key, asMessage(text)]));
    await mkdir(join(folder, '_locales', language), { recursive: true });
    await writeFile(join(folder, '_locales', language, 'messages.json'), JSON.stringify(messages));
  }
}
