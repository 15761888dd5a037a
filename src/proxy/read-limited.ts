/** Answers of others are read no further than allowed, so that nobody fills the memory from outside. */

/** Unpacked, for that is what takes the memory. Whoever sends more is cut off. @throws TooLargeError */
export async function readLimited(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let read = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    read += chunk.byteLength;
    // Leaving the loop lets go of the connection.
    if (read > most) throw new TooLargeError();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

export class TooLargeError extends Error {
  override name = 'TooLargeError';
}
