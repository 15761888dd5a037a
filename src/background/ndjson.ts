/** Reads a body as lines of JSON while it arrives. */

/** One outcome is far below a kilobyte; anything longer is not ours. */
const LONGEST_LINE = 64 * 1024;

/** Yields each line's value; throws what the parser throws, and what `read` throws instead of the next bytes. */
export async function* ndjson(
  body: ReadableStream<Uint8Array>,
  read: <T>(next: Promise<T>) => Promise<T>,
): AsyncGenerator<unknown> {
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await read(reader.read());
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw new SyntaxError('A line is too long.');
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
      // A last line without its end may have been cut in two, and half a number is a number too.
      if (done) {
        if (rest.trim() !== '') throw new SyntaxError('The last line is not complete.');
        return;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
