/**
 * The same items, the first of which is begun at once and each other one while the one before is used. Never more than one,
 * so that a reader that is slow lets nothing pile up. A failure is heard in its turn, after what came before it.
 */
export function ahead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  const begin = () => {
    const next = items.next();
    // Heard below; nobody is left to hear it where the reader went away.
    next.catch(() => undefined);
    return next;
  };
  return inTurn(items, begin(), begin);
}

async function* inTurn<T>(
  items: AsyncGenerator<T>,
  first: Promise<IteratorResult<T>>,
  begin: () => Promise<IteratorResult<T>>,
): AsyncGenerator<T> {
  try {
    for (let next = first; ; ) {
      const { done, value } = await next;
      if (done) return;
      next = begin();
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}
