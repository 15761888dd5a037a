/** A file's bytes as text, in constant memory. What is not text is refused, never guessed at. */
import { say } from '../../locales/say.ts';
import { FileRefused } from './file-refused.ts';

const MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** A page that works for longer than this without a break is seen to stand still. */
const WORK_MS = 12;

export async function* decodeFile(file: Blob): AsyncGenerator<string> {
  const mark = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  const encoding =
    MARKS.find(({ bytes }) => bytes.every((byte, place) => mark[place] === byte))?.encoding ?? 'utf-8';
  // Also takes the mark off.
  const decoder = new TextDecoder(encoding, { fatal: true });
  const reader = file.stream().getReader();
  let since = performance.now();
  try {
    for (;;) {
      // What is waited for here is often there already, and then the page never comes to its turn by itself.
      if (performance.now() - since > WORK_MS) {
        await new Promise((go) => setTimeout(go));
        since = performance.now();
      }
      const { done, value } = await reader.read();
      const text = decode(decoder, done ? undefined : value);
      // UTF-16 without its mark, a workbook or a picture.
      if (text.includes('\0')) throw notText();
      if (text !== '') yield text;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array<ArrayBuffer> | undefined): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw notText();
  }
}

function notText(): FileRefused {
  return new FileRefused(say('unlinked_file_no_text'), say('unlinked_file_no_text_next'));
}
