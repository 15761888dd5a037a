/** Reads what became of each wish while it arrives. */
import * as v from 'valibot';
import { LinkOutcome, type LinksRequest } from '../contract/linking.ts';

/**
 * Where the answer breaks off, those that came are told: what is linked is linked, and the others can be asked again,
 * since the same link twice changes nothing. With nothing to tell, what went wrong is thrown.
 */
export async function readLinkOutcomes(
  lines: AsyncIterable<unknown>,
  { links, dryRun = false }: LinksRequest,
): Promise<LinkOutcome[]> {
  const keyOf = (one: { accountId: string; userId: string }) => JSON.stringify([one.accountId, one.userId]);
  const left = new Map(links.map((wish) => [keyOf(wish), wish.customer]));
  const outcomes: LinkOutcome[] = [];
  try {
    for await (const line of lines) {
      const said = v.safeParse(LinkOutcome, line);
      // Only a dry run leaves a link ready.
      const isFitting =
        said.success &&
        left.get(keyOf(said.output)) === said.output.customer &&
        (said.output.state !== 'ready' || dryRun);
      if (!isFitting) throw new SyntaxError('A line is not an outcome that was asked for.');
      left.delete(keyOf(said.output));
      outcomes.push(said.output);
    }
  } catch (cause) {
    if (outcomes.length === 0) throw cause;
  }
  return outcomes;
}
