import fc from 'fast-check';
import { expect, test } from 'vitest';
import { neutralised, restored } from '../../src/dashboard/csv-cells.ts';
import { COLUMNS, csvLines, FOR_SPREADSHEETS } from '../../src/dashboard/csv-file.ts';
import { createRowCheck } from '../../src/dashboard/unlinked/check-rows.ts';
import { FileRefused } from '../../src/dashboard/unlinked/file-refused.ts';
import { MOST_MEGABYTES, MOST_ROWS, readCsv } from '../../src/dashboard/unlinked/read-csv.ts';

const HEAD = COLUMNS.join(',');

/** A file that arrives in pieces of so many bytes, wherever they cut. */
function fileOf(content: string | Uint8Array<ArrayBuffer>, piece = 7): Blob {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const blob = new Blob([bytes]);
  blob.stream = () => {
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes.slice(at, at + piece));
        at += piece;
        if (at >= bytes.length) controller.close();
      },
    });
  };
  return blob;
}

async function read(content: string | Uint8Array<ArrayBuffer>, piece?: number) {
  const check = createRowCheck();
  let ignored: string[] = [];
  for await (const { header, rows } of readCsv(fileOf(content, piece))) {
    for (const row of rows) check.add(row, header);
    ({ ignored } = header);
  }
  return { ...check.finish(), ignored };
}

const refusalOf = async (content: string | Uint8Array<ArrayBuffer>) => {
  const refused = await read(content).catch((thrown: unknown) => thrown);
  if (!(refused instanceof FileRefused)) throw new Error('The file was taken.');
  return `${refused.message} ${refused.action}`;
};
const faultsOf = async (...rows: string[]) =>
  (await read([HEAD, ...rows].join('\n'))).faults.map(({ line, why }) => `${line}: ${why}`);

const ANNA = { accountId: 'acc1', userId: 'anna', customer: 'cus_1' };

test.each([
  ['\\n', `${HEAD}\nacc1,anna,cus_1\nacc2,bert,cus_2\n`],
  ['\\r\\n', `${HEAD}\r\nacc1,anna,cus_1\r\nacc2,bert,cus_2\r\n`],
  ['\\r', `${HEAD}\racc1,anna,cus_1\racc2,bert,cus_2`],
  ['both', `${HEAD}\r\nacc1,anna,cus_1\nacc2,bert,cus_2\r\n`],
  ['both, the other way round', `${HEAD}\nacc1,anna,"cus_1"\r\nacc2,bert,cus_2\n`],
  ['\\n and empty lines', `${HEAD}\n\nacc1,anna,cus_1\n,,\n\nacc2,bert,cus_2`],
  ['semicolons', `${HEAD.replaceAll(',', ';')}\nacc1;anna;cus_1\nacc2;bert;cus_2`],
  ['tabs', `${HEAD.replaceAll(',', '\t')}\nacc1\tanna\tcus_1\nacc2\tbert\tcus_2`],
  [
    'quotes',
    `"accountId","id","customFields.stripeCustomerId"\r\n"acc1","anna","cus_1"\r\n"acc2",bert,cus_2`,
  ],
])('lines and cells are told apart by %s, wherever the file is cut', async (_, text) => {
  for (const piece of [1, 2, 3, 1000]) {
    const { links, faults } = await read(text, piece);
    expect(faults).toEqual([]);
    expect(links).toMatchObject([ANNA, { accountId: 'acc2', userId: 'bert', customer: 'cus_2' }]);
  }
});

test('other columns are left out of account and named; order does not matter', async () => {
  const { links, ignored } = await read(
    'email,customFields.stripeCustomerId,id,note,accountId\na@b.example,cus_1,anna,"one, two",acc1',
  );
  expect(links).toMatchObject([ANNA]);
  expect(ignored).toEqual(['email', 'note']);
});

test('column names are case-sensitive, and the refusal says how to write them', async () => {
  expect(await refusalOf('accountid,id,customFields.stripeCustomerID\nacc1,anna,cus_1')).toBe(
    'The columns “accountId” and “customFields.stripeCustomerId” are missing. Upper and lower case matter: ' +
      '“accountid” has to be written “accountId”; “customFields.stripeCustomerID” has to be written “customFields.stripeCustomerId”.',
  );
  expect(await refusalOf('name,email\nAnna,a@b.example')).toContain('are missing.');
  expect(await refusalOf('accountId,id,id,customFields.stripeCustomerId\na,b,c,cus_1')).toBe(
    'The column “id” is there twice. Leave one of the two, then choose the file again.',
  );
  expect(await refusalOf('')).toContain('This file is empty.');
  expect(await refusalOf('x'.repeat(70_000))).toContain('are missing.');
});

const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
  return bytes;
};

test('UTF-8 is read with and without its mark, UTF-16 with its mark, letters cut in two and all', async () => {
  const text = `${HEAD}\nacc1,zoë 🎈,cus_1`;
  const zoe = { ...ANNA, userId: 'zoë 🎈' };
  for (const content of [text, `\uFEFF${text}`, utf16(`\uFEFF${text}`, true), utf16(`\uFEFF${text}`, false)])
    expect((await read(content, 1)).links).toMatchObject([zoe]);
});

test.each([
  ['Latin-1', Uint8Array.from([...new TextEncoder().encode(`${HEAD}\nacc1,zo`), 0xeb, 0x2c])],
  ['UTF-16 without its mark', utf16(`${HEAD}\nacc1,anna,cus_1`, true)],
  ['a workbook', Uint8Array.from([0x50, 0x4b, 3, 4, 0x14, 0, 6, 0, 8, 0])],
  ['a letter that is cut off', Uint8Array.from([...new TextEncoder().encode(`${HEAD}\nacc1,zo`), 0xc3])],
])('%s is refused with what to do, never guessed at', async (_, bytes) => {
  expect(await refusalOf(bytes)).toMatch(/^This file is not UTF-8 text\. .*CSV UTF-8/);
});

test.each([
  ['at the end', `${HEAD}\nacc1,anna,cus_1\nacc2,"bert,cus_2\nacc3,carl,cus_3`],
  ['closed by the next quotation', `${HEAD}\nacc1,anna,cus_1\nacc2,"bert,cus_2\nacc3,"carl",cus_3`],
  ['with text behind it', `${HEAD}\nacc1,anna,cus_1\nacc2,"bert"x,cus_2`],
  ['before a great deal of text', `${HEAD}\nacc1,anna,cus_1\nacc2,"bert${',cus_2\n'.repeat(20_000)}`],
])('a quotation mark that is not closed refuses the file and names the line: %s', async (_, text) => {
  for (const piece of [5, 100_000]) {
    const refused = await read(text, piece).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(FileRefused);
    expect(String(refused)).toContain('In line 3 a quotation mark');
  }
});

test('behind a quotation mark that is never closed no more is read than a row can have', async () => {
  let sent = 0;
  const endless = new Blob(['']);
  endless.stream = () =>
    new ReadableStream({
      pull(controller) {
        const part = sent === 0 ? `${HEAD}\nacc1,"anna,` : 'x,y,z\n'.repeat(1_000);
        sent += part.length;
        controller.enqueue(new TextEncoder().encode(part));
        if (sent > 5_000_000) controller.close();
      },
    });
  const all = async () => {
    for await (const _ of readCsv(endless));
  };
  await expect(all()).rejects.toThrow('In line 2 a quotation mark');
  expect(sent).toBeLessThan(100_000);
});

test('a quotation that swallows whole lines and ends well leaves cells with line breaks, which are errors', async () => {
  const { links, faults } = await read(`${HEAD}\nacc1,"anna,cus_1\nacc2,bert",cus_2\nacc3,carl,cus_3`);
  expect(links).toMatchObject([{ userId: 'carl', line: 4 }]);
  expect(faults).toMatchObject([
    { line: 2, why: 'The id holds a line break; a quotation mark may be missing.' },
  ]);
});

test('each row that cannot be meant is an error with its line, and the others are taken', async () => {
  expect(
    await faultsOf(
      'acc1,anna,cus_1',
      ',bert,cus_2',
      'acc3, ,cus_3',
      'acc4,dora,cus-4',
      'acc5,emil,pi_5',
      'acc6,fred',
      'acc7,gina,cus_7,extra',
      'acc8 ,hans,cus_8',
      `acc9,${'x'.repeat(256)},cus_9`,
      'acc10,ida,cus_10 ',
    ),
  ).toEqual([
    '3: The accountId is empty.',
    '4: The id is empty.',
    '5: This is not the ID of a Stripe customer: that begins with cus_, and letters and digits follow.',
    '6: This is not the ID of a Stripe customer: that begins with cus_, and letters and digits follow.',
    '7: It has 2 cells; the first line has 3.',
    '8: It has 4 cells; the first line has 3.',
    '9: The accountId begins or ends with a space.',
    '10: The id is too long.',
    '11: This is not the ID of a Stripe customer: that begins with cus_, and letters and digits follow.',
  ]);
});

test('an empty customer unlinks nobody', async () => {
  const { links, faults, empty } = await read(`${HEAD}\nacc1,anna,\nacc2,bert,cus_2`);
  expect([links.length, faults, empty]).toEqual([1, [], 1]);
});

test('an empty customer beside a full one for the same participant contradicts it', async () => {
  const { links, faults, empty } = await read(`${HEAD}\nacc1,anna,\nacc1,anna,cus_1\nacc2,bert,\nacc2,bert,`);
  expect([links, faults.map(({ line }) => line), empty]).toEqual([[], [2, 3], 2]);
});

test('of an endless cell no more is kept than an ID can have', async () => {
  const { faults } = await read(`${HEAD}\nacc1,anna,${'x'.repeat(50_000)}`, 10_000);
  expect(faults.map(({ customer }) => customer.length)).toEqual([300]);
});

test('the same link twice is taken once; a participant with two customers is an error in every line', async () => {
  const { links, faults, repeated } = await read(
    [
      HEAD,
      'acc1,anna,cus_1',
      'acc2,bert,cus_2',
      'acc1,anna,cus_1',
      'acc2,bert,cus_3',
      'acc4,dora,cus_4',
      'acc4,dora,x',
    ].join('\n'),
  );
  expect(links).toMatchObject([ANNA]);
  expect(repeated).toBe(1);
  expect(faults.map(({ line }) => line)).toEqual([3, 5, 6, 7]);
  expect(faults[0]?.why).toBe(
    'This participant is there more than once, not with the same customer (lines 3 and 5).',
  );
});

test('what a spreadsheet would run as a formula is an error, with the way to mean it', async () => {
  const faults = await faultsOf(
    '=1+1,anna,cus_1',
    'acc2,+49170,cus_2',
    'acc3,@handle,cus_3',
    'acc4,-dora,cus_4',
    'acc5,emil,=cus_5',
  );
  expect(faults).toHaveLength(5);
  expect(faults[0]).toBe(
    "2: The accountId begins like a formula. If it is an ID, put an apostrophe (') in front of it.",
  );
});

test('no cell that is written begins like a formula', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...'=+-@\t\r'), (rest, first) => {
      expect(neutralised(`${first}${rest}`).startsWith(`'${first}`)).toBe(true);
    }),
  );
  expect(csvLines([['=HYPERLINK("x")', 'plain']])).toBe(`"'=HYPERLINK(""x"")",plain\r\n`);
});

test('nor does a part of it, where a spreadsheet parts cells by semicolons, tabs or lines', () => {
  for (const separator of ';\t\n\r') expect(neutralised(`x${separator}=cmd()`)).toBe(`x${separator}'=cmd()`);
  expect(neutralised('＝1+1')).toBe("'＝1+1");
  expect(neutralised('Anna-Lena; plain')).toBe('Anna-Lena; plain');
});

test('every cell comes back as it was written', () => {
  const awkward = fc.string({ unit: fc.constantFrom(...'\'=+-@\t\r\n",;a ＝') });
  fc.assert(
    fc.property(awkward, (cell) => {
      expect(restored(neutralised(cell))).toBe(cell);
    }),
  );
});

test('our own export is read back unchanged, formula-like IDs and all', async () => {
  // Ends of lines and spaces around an ID are errors on purpose.
  const id = fc
    .string({ unit: fc.constantFrom(...'\'=+-@",;aé'), minLength: 1, maxLength: 8 })
    .filter((text) => text.trim() === text);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(id, { maxLength: 6 }), fc.boolean(), async (ids, mark) => {
      const rows = ids.map((one, index) => [one, one, `cus_${index}`]);
      const text = `${mark ? FOR_SPREADSHEETS : ''}${csvLines([COLUMNS])}${csvLines(rows)}`;
      const { links, faults } = await read(text, 3);
      expect(faults).toEqual([]);
      expect(links.map((link) => [link.accountId, link.userId, link.customer])).toEqual(rows);
    }),
  );
});

test('a file of 300 MB is refused before a byte of it is read', async () => {
  const huge = new Blob([HEAD]);
  Object.defineProperty(huge, 'size', { value: 300 * 1024 * 1024 });
  huge.stream = () => {
    throw new Error('It was read.');
  };
  await expect(readCsv(huge).next()).rejects.toThrow(
    `This file has 300 MB; at most ${MOST_MEGABYTES} MB are read.`,
  );
});

test('a hundred thousand rows are read, one more is refused, and no more is read than that', async () => {
  let sent = 0;
  const endless = (rows: number) => {
    const blob = new Blob(['']);
    sent = 0;
    blob.stream = () =>
      new ReadableStream({
        pull(controller) {
          if (sent === 0) controller.enqueue(new TextEncoder().encode(`${HEAD}\n`));
          const part = Array.from(
            { length: Math.min(5_000, rows - sent) },
            (_, i) => `a${sent + i},u${sent + i},cus_1\n`,
          );
          sent += part.length;
          if (part.length > 0) controller.enqueue(new TextEncoder().encode(part.join('')));
          if (sent === rows) controller.close();
        },
      });
    return blob;
  };
  let count = 0;
  for await (const { rows } of readCsv(endless(MOST_ROWS))) count += rows.length;
  expect(count).toBe(MOST_ROWS);
  const tooMany = async () => {
    for await (const _ of readCsv(endless(1_000_000)));
  };
  await expect(tooMany()).rejects.toThrow('more than 100,000 rows');
  expect(sent).toBeLessThan(MOST_ROWS + 20_000);
});
