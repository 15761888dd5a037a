/** A signed report is taken only whole, unchanged and from the key it is expected from. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINDINGS, type Finding, type ReportLine } from '../../src/contract/reconciliation.ts';
import { createSums } from '../../src/proxy/reconcile-sums.ts';
import { csvCell, csvLine, tableLine } from '../../src/proxy/report-formats.ts';
import { derOf, fingerprintOf } from '../../src/proxy/report-key.ts';
import { verifyReport } from '../../src/proxy/verify-report.ts';

const keys = generateKeyPairSync('ed25519');
const others = generateKeyPairSync('ed25519');
const fingerprint = fingerprintOf(keys.publicKey);
const about = { mode: 'test', tenant: 'test_tenant', account: 'acct_1', startedAt: 1 } as const;
const rewardLine = (i: number, finding: Finding = 'matched') => ({
  line: 'reward' as const,
  reward: `reward${i}`,
  finding,
  customer: 'cus_1',
  credit: `cbtxn_${i}`,
  money: { amount: 100 + i, currency: 'USD' },
  detail: finding === 'matched' ? null : 'Ä différence – “said”.',
});

function linesOf(rewards: ReturnType<typeof rewardLine>[]): ReportLine[] {
  const sums = createSums();
  for (const line of rewards) sums.add(line);
  const summary = {
    ...about,
    finishedAt: 2,
    transactions: rewards.length,
    ...sums.result(),
    auditHead: null,
  };
  return [
    { line: 'head', format: 1, ...about },
    ...rewards,
    { line: 'progress', rewards: 1, transactions: 1 },
    { line: 'summary', ...summary },
  ];
}

function signed(lines: object[], { privateKey, publicKey } = keys): Buffer {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(body).digest();
  const last = {
    line: 'signature',
    algorithm: 'Ed25519',
    sha256: sha256.toString('hex'),
    publicKey: derOf(publicKey).toString('base64'),
    signature: sign(null, sha256, privateKey).toString('base64'),
  };
  return Buffer.from(`${body}${JSON.stringify(last)}\n`);
}

const lines = linesOf([rewardLine(1), rewardLine(2, 'extra'), rewardLine(3, 'reversed'), rewardLine(4)]);
const good = signed(lines);
const isTaken = async (report: Uint8Array, key: string | null = null) =>
  (await verifyReport([report], key)).ok;

test('an unchanged report is taken, in whatever pieces it comes', async () => {
  expect(await verifyReport([good], fingerprint)).toMatchObject({ ok: true, fingerprint });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(good.length), { maxLength: 20 }), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), good.length];
      const pieces = places.slice(1).map((end, i) => good.subarray(places[i], end));
      expect(await verifyReport(pieces, fingerprint)).toMatchObject({ ok: true });
    }),
  );
});

test('any one changed byte is found, wherever it is', async () => {
  for (let at = 0; at < good.length; at += 1) {
    const changed = Buffer.from(good);
    changed[at] = (good[at] ?? 0) ^ 0x20;
    expect(await isTaken(changed), `byte ${at}`).toBe(false);
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Buffer.from(good);
      changed[at] = (good[at] ?? 0) ^ flip;
      expect(await isTaken(changed)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('a removed, repeated or added line is found, and a report that was cut off', async () => {
  const all = good.toString().split(/(?<=\n)/);
  for (let i = 0; i < all.length; i += 1) {
    expect(await isTaken(Buffer.from(all.toSpliced(i, 1).join(''))), `without line ${i}`).toBe(false);
    expect(await isTaken(Buffer.from(all.toSpliced(i, 0, all[i] ?? '').join(''))), `line ${i} twice`).toBe(
      false,
    );
  }
  expect(await isTaken(Buffer.concat([good, Buffer.from('\n')]))).toBe(false);
  expect(await isTaken(Buffer.concat([good, Buffer.from(' ')]))).toBe(false);
  for (let end = 0; end < good.length; end += 1) expect(await isTaken(good.subarray(0, end))).toBe(false);
});

test('a report signed anew with another key is found with the fingerprint', async () => {
  const forged = signed(linesOf([rewardLine(1)]), others);
  expect(await isTaken(forged)).toBe(true);
  expect(await isTaken(forged, fingerprint)).toBe(false);
});

test('a signed report that does not add up, or was never completed, is refused', async () => {
  expect(
    await isTaken(signed(lines.filter((line) => line.line !== 'reward' || line.reward !== 'reward2'))),
  ).toBe(false);
  const more = lines.map((line) =>
    line.line === 'reward' && line.finding === 'matched'
      ? { ...line, money: { amount: 1, currency: 'USD' } }
      : line,
  );
  expect(await isTaken(signed(more))).toBe(false);
  expect(
    await isTaken(signed(lines.map((line) => (line.line === 'head' ? { ...line, tenant: 'x' } : line)))),
  ).toBe(false);
  expect(await isTaken(signed(lines.filter(({ line }) => line !== 'summary')))).toBe(false);
  const broken = lines.toSpliced(-1, 1, { line: 'incomplete', detail: 'Stripe did not answer.' });
  expect(await verifyReport([signed(broken)], null)).toMatchObject({
    ok: false,
    why: expect.stringContaining('Stripe did not answer.'),
  });
});

test('no cell of a spreadsheet begins a formula, whatever it holds', () => {
  fc.assert(
    fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string(), (first, rest) => {
      expect(csvCell(first + rest)).toMatch(/^"?'/);
    }),
  );
  expect(csvLine({ ...rewardLine(1), detail: '=HYPERLINK("http://x","y")' })).toBe(
    `matched,reward1,cus_1,cbtxn_1,1.01,USD,"'=HYPERLINK(""http://x"",""y"")"\r\n`,
  );
});

test('the table shows differences only, and no control characters', () => {
  expect(tableLine(rewardLine(1))).toBe('');
  expect(tableLine({ ...rewardLine(2, 'extra'), customer: 'cus_\u001b[31m' })).not.toContain('\u001b');
  expect(FINDINGS).toContain('reversed');
});
