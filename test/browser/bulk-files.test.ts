import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { byClick, downloads, HEAD, LONG_MS, linksIn, openDesk, says } from './bulk-hands.ts';
import { customerOf, emailOf } from './desk-seed.ts';

test(
  'a file is checked before anything is linked, replaces only where that is ticked, and comes back out unchanged',
  async () => {
    const { stage, page } = await openDesk(40);
    const { hands } = stage;
    const files = await downloads(page);
    const put = async (name: string, content: string | Uint8Array) => {
      const path = join(files.folder, name);
      await writeFile(path, content);
      await byClick(page, path);
    };
    const row = (index: number, customer = customerOf(index)) =>
      `${emailOf(index)},${emailOf(index)},${customer}`;

    for (const [name, content, sentence] of [
      [
        'columns.csv',
        `accountid,id,customFields.stripeCustomerId\n${row(0)}\n`,
        'has to be written “accountId”',
      ],
      ['quotes.csv', `${HEAD}\n${row(0)}\n"${row(4)}\n`, 'In line 3 a quotation mark'],
      ['latin.csv', Uint8Array.from([...Buffer.from(`${HEAD}\n${row(0)}\nzo`), 0xeb]), 'is not UTF-8 text'],
      ['huge.csv', Buffer.alloc(251 * 1024 * 1024, `${row(0)}\n`), 'at most 250 MB are read'],
      ['wide.csv', Buffer.alloc(200 * 1024 * 1024, `${HEAD}\n${row(0)}\n`), 'more than 100,000 rows'],
      ['long.csv', `${HEAD}\n${`${row(0)}\n`.repeat(100_001)}`, 'more than 100,000 rows'],
    ] as const) {
      await put(name, content);
      await says(page, sentence);
    }
    expect(linksIn(stage).size, 'nothing was linked by files that were refused').toBe(0);

    const four = { accountId: emailOf(4), id: emailOf(4) };
    stage.sandbox.advocate.setCustomField('test', four, 'stripeCustomerId', customerOf(5));
    const good = [
      row(0),
      row(4),
      row(6),
      `=cmd(),x,cus_1`,
      `nobody,nobody,cus_1`,
      row(7),
      row(7, customerOf(8)),
      row(0),
    ];
    await put('links.csv', `${HEAD}\n${good.join('\n')}\n`);
    await says(page, 'was checked. Nothing is linked yet.');
    await says(page, 'begins like a formula');
    expect(linksIn(stage).size).toBe(1);
    await hands.press(page, 'Link 2 participants');
    await hands.press(page, 'Link 2 participants');
    await says(page, '2 participants linked.');
    expect(linksIn(stage).get(emailOf(4)), 'it was not ticked').toBe(customerOf(5));
    expect(linksIn(stage).has(emailOf(7)), 'two customers for one participant').toBe(false);

    await put('again.csv', `${HEAD}\n${row(0)}\n${row(4)}\n`);
    await says(page, 'linked to another customer now');
    await page.locator('label ::-p-text(Replace these links as well)').click();
    await hands.press(page, 'Link 1 participant');
    await hands.press(page, 'Link 1 participant');
    await says(page, '1 participant linked.');
    expect(linksIn(stage).get(emailOf(4))).toBe(customerOf(4));

    const exported = await files.next(() => hands.press(page, 'Save all links'));
    const lines = exported.trim().split('\r\n');
    expect(lines[0]).toBe(HEAD);
    expect(lines).toHaveLength(41);
    for (const index of [0, 4, 6]) expect(lines).toContain(row(index));
    await put('export.csv', exported);
    await says(page, '“export.csv” was checked.');
    const counts = await page.$$eval('.finding', (all) => all.map((one) => one.textContent));
    expect(counts).toEqual([
      'New links0',
      'Linked like that already3',
      'Would replace another link0',
      'Errors0',
      'Without a customer, left as they are37',
      'There twice, used once0',
    ]);
  },
  LONG_MS,
);

/** Like a whole export with every field: the same few columns of use, and much beside them. */
async function writeBigCsv(path: string, rows: number, bytes: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('accountId,id,note,customFields.stripeCustomerId\n');
  const note = 'x'.repeat(Math.floor(bytes / rows) - 100);
  for (let start = 0; start < rows; start += 1_000) {
    const part = Array.from({ length: 1_000 }, (_, place) => {
      const id = `somebody${start + place}@nowhere.example`;
      return `${id},${id},"${note}",cus_${String(start + place).padStart(14, '0')}\n`;
    });
    if (!file.write(part.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

test(
  'a file of 200 MB is read piece by piece: the tab answers all the while, and keeps only what is of use',
  async () => {
    const { page } = await openDesk(20);
    const folder = await mkdtemp(join(tmpdir(), 'links-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'big.csv');
    await writeBigCsv(path, 100_000, 200 * 1024 * 1024);
    expect((await stat(path)).size).toBeGreaterThan(195 * 1024 * 1024);
    await page.evaluate(() => {
      const tasks: number[] = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      }).observe({ type: 'longtask' });
      Reflect.set(globalThis, 'longTasks', tasks);
    });
    const start = performance.now();
    await byClick(page, path);
    await page.waitForFunction(() => /Checking “big\.csv”: [1-9]/.test(document.body.innerText), {
      timeout: 240_000,
    });
    const seconds = (performance.now() - start) / 1000;
    const session = await page.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize = 0 } = await page.metrics();
    const longest = await page.evaluate(() => Math.max(0, ...Reflect.get(globalThis, 'longTasks')));
    const heap = JSHeapUsedSize / 1024 / 1024;
    console.log(
      `200 MB in 100,000 rows: ${seconds.toFixed(1)} s, heap ${heap.toFixed(1)} MB, longest task ${longest.toFixed(0)} ms`,
    );
    expect(heap).toBeLessThan(150);
    expect(longest).toBeLessThan(1_000);
  },
  LONG_MS,
);
