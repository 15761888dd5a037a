/** Somebody else at the same proxy, without a browser of ours. */
import type { Role } from '../../src/contract/words.ts';
import type { Stage } from './stage.ts';

export async function pairElsewhere(
  { proxy }: Pick<Stage, 'proxy'>,
  role: Role,
  browserName: string,
): Promise<void> {
  const answer = await fetch(`${proxy.url}/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: await proxy.invite(role), browserName }),
  });
  if (!answer.ok) throw new Error(`Pairing answered ${answer.status}: ${await answer.text()}`);
}
