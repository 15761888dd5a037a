/** What was found, each thing once, with how often and one example that can be read and sent again. */

export const KINDS = [
  /** A 5xx, or a reply that blames nobody but us. */
  'failed',
  /** The process ended, or answers nobody any more. */
  'crashed',
  /** No answer came in a minute. */
  'no answer',
  /** It should have been refused. */
  'accepted',
  /** A refusal without a code that a program could read. */
  'no code',
  'changed something',
  'told a secret',
  /** A stack, a path, words of the database. */
  'told of its insides',
] as const;
export type Kind = (typeof KINDS)[number];
export type Finding = { kind: Kind; where: string; times: number; sent: unknown; answered: string };

const LONGEST = 600;
const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text);

export function createFindings() {
  const all = new Map<string, Finding>();
  return {
    add(kind: Kind, where: string, sent: unknown, answered: string): void {
      const key = `${kind}: ${where}`;
      const known = all.get(key);
      if (known === undefined)
        all.set(key, { kind, where, times: 1, sent: shortened(sent), answered: short(answered) });
      else known.times += 1;
    },
    list: (): Finding[] => [...all.values()],
    size: () => all.size,
  };
}

/** Long texts are cut, so that the report stays one that is read; the seed has all of it. */
function shortened(sent: unknown): unknown {
  const text = JSON.stringify(sent, (_, value: unknown) =>
    typeof value === 'string' ? short(value) : value,
  );
  return text === undefined ? String(sent) : (JSON.parse(text) as unknown);
}

const INSIDES =
  /\n\s+at .+:\d+:\d+\)?|node_modules|\bSQLITE_[A-Z]+\b|SqliteError|(?:Type|Range|Syntax|URI|Reference)Error|PostgresError/;
export const tellsInsides = (text: string): boolean => INSIDES.test(text);

/** As it is, and as it would be inside an address or in base64. */
export function findSecret(text: string, secrets: readonly string[]): string | null {
  for (const secret of secrets)
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      if (text.includes(form)) return secret;
  return null;
}
