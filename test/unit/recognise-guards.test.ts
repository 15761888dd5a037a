// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest';
import { recognise } from '../../src/content/recognise.ts';
import { identity, parse } from './corpus-pages.ts';

/** One page for each way in which somebody else could have been taken for the participant. */
const NUMBERED = 'https://app.impact.com/engage/participants/77';
const NAMED = 'https://app.impact.com/engage/participants/view/ann';
const LIST = 'https://app.impact.com/engage/participants';
const NO_NAME = 'https://app.impact.com/engage/app.ihtml';

const see = (html: string, address = NUMBERED) =>
  identity(
    recognise(
      parse(`<!doctype html><html>${html.startsWith('<head') ? html : `<body>${html}</body>`}</html>`),
      address,
    ),
  );
afterEach(() => void vi.restoreAllMocks());
const nobody = { kind: 'none' };
const participant = (who: string) =>
  `<dl><dt>Email</dt><dd>${who}@example.com</dd><dt>User ID</dt><dd>${who}</dd></dl>`;
const ann = { kind: 'participant', sure: true, hints: { email: 'ann@example.com', userId: 'ann' } };
const modal = (of: string, name = '') =>
  `<div role="dialog" aria-modal="true" aria-label="${name}">${of}</div>`;
const hidden = (who: string) =>
  `<div aria-hidden="true"><h1>Participant details</h1>${participant(who)}</div>`;

describe('over a page, a dialog', () => {
  test('that names another participant leaves an open page what it is', () => {
    const page = `<main><h1>Ann Ash</h1>${participant('ann')}</main>`;
    const over = `<div role="dialog" aria-label="Participant details">${participant('bob')}</div>`;
    expect(see(page + over, NAMED)).toEqual(ann);
  });
  test('that is another participant’s page, over a hidden one, is neither', () => {
    expect(see(hidden('ann') + modal(participant('bob'), 'Participant details'), NAMED)).toEqual(nobody);
  });
  test('that names anybody leaves nothing of a hidden page that the address does not name', () => {
    expect(see(hidden('bob') + modal('<p>Email: ann@example.com</p>'), NO_NAME)).toEqual(nobody);
  });
  test('that names somebody leaves a doubt about a hidden page', () => {
    const page = hidden('ann') + modal('<h2>Message</h2><p>Email: bob@example.com</p>');
    expect(see(page, NAMED)).toEqual({ ...ann, sure: false });
  });
  test('that is closed says nothing, even where nothing is laid out', () => {
    vi.spyOn(Element.prototype, 'checkVisibility').mockReturnValue(true);
    const closed = `<dialog><h2>Participant details</h2>${participant('bob')}</dialog>`;
    expect(see(`<main><h1>Participants</h1></main>${closed}`, LIST)).toEqual(nobody);
  });
});

describe('a list of participants is about none of them', () => {
  test('with one card, whatever it says', () => {
    const card = `<p>Account ID: ann</p>${participant('ann')}`;
    expect(see(`<main><h1>Participants</h1>${card}</main>`, LIST)).toEqual(nobody);
  });
  test('nor are the people in a table on a participant’s page', () => {
    const row = (who: string) => `<tr><td>${who}@example.com</td><td>${who}</td></tr>`;
    const table = `<table><tr><th>Email</th><th>User ID</th></tr>${row('bob')}${row('eve')}</table>`;
    expect(see(`<main><h1>Bob Orr</h1>${table}</main>`)).toEqual(nobody);
    const one = table.replace(row('eve'), '');
    expect(see(`<main><h1>Ann Ash</h1><p>Email: ann@example.com</p>${one}</main>`)).toEqual({
      kind: 'participant',
      sure: true,
      hints: { email: 'ann@example.com' },
    });
  });
  test('nor is one of several rows, even one that is named like the page', () => {
    const rows = '<ul><li>ann.b@example.com</li><li>bob@example.com</li></ul>';
    expect(see(`<main><h1>Ann Ash</h1>${rows}</main>`)).toEqual(nobody);
  });
  test('nor is the only row of a search', () => {
    const table =
      '<table><tr><th>Email</th><th>User ID</th></tr><tr><td>ann@example.com</td><td>ann</td></tr></table>';
    expect(see(`<main><h1>User overview</h1>${table}</main>`, NO_NAME)).toEqual(nobody);
  });
  test('nor are three e-mails without rows, beside an id', () => {
    const people = ['bob', 'eve', 'kim'].map((who) => `<p>with ${who}@example.com</p>`).join('');
    expect(see(`<main><h1>Ann Ash</h1><p>User ID: ann</p>${people}</main>`)).toMatchObject({
      sure: true,
      hints: { userId: 'ann' },
    });
  });
});

describe('an e-mail is not the participant’s', () => {
  test.each([
    ['after words about somebody else', '<h1>Ann Ash</h1><p>Signed in as ann.ash@brand.example</p>'],
    ['below a heading of its own', '<h1>Bob Orr</h1><h2>Desk</h2><p>kim@brand.example</p>'],
    ['that is cut off', '<h1>Mel Orr</h1><p>Email: mel.b@example.co…</p>'],
    [
      'under a heading with more than one text',
      '<h1>Ann Ash</h1><h2>Email</h2><p>bob@example.com</p><p>yesterday</p>',
    ],
  ])('%s', (_, page) => expect(see(`<main>${page}</main>`)).toEqual(nobody));

  test('of two in the title of the window', () => {
    const page =
      '<head><title>ann@example.com, bob@example.com</title></head><body><main><h1>Pair</h1><h2>One</h2><p>ann@example.com</p></main></body>';
    expect(see(page)).toEqual(nobody);
  });
});

describe('an e-mail is only asked about', () => {
  const long = 'Some words about the program that go on for much longer than the head of a page ever would.';
  test.each([
    ['under words that we do not know, of a relative', '<dl><dt>Gazda</dt><dd>bob@example.com</dd></dl>'],
    ['in the page, not in its head', '<div>kim@brand.example</div>'],
  ])('%s', (_, rest) => expect(see(`<main><h1>Bob Orr</h1>${rest}</main>`)).toMatchObject({ sure: false }));
  test.each([
    ['in a box with more', `<h1>Bob Orr</h1><p>kim@brand.example</p><p>${long}</p>`],
    ['after somebody else', '<h1>Bob Orr</h1><span>Lea</span><p>kim@brand.example</p>'],
    ['under what is no name', '<h1>Overview</h1><p>kim@brand.example</p>'],
    [
      'at the end of a sentence',
      '<h1>Ann Ash</h1><p>Every one of these has an Email like bob@example.com</p>',
    ],
  ])('%s', (_, head) =>
    expect(see(`<main><div><div>${head}</div></div><p>${long}</p></main>`)).toMatchObject({ sure: false }),
  );
});

test('an e-mail that they prefer is nobody else’s', () => {
  const page = '<main><h1>Ann Ash</h1><p>Preferred email: a@example.com</p></main>';
  expect(see(page)).toEqual({ kind: 'participant', sure: true, hints: { email: 'a@example.com' } });
});

describe('an id is not the participant’s', () => {
  test('random digits that the address repeats', () => {
    const key = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
    const page = `<main><h1>Ann Ash</h1><p>Email: ann@example.com</p><dl><dt>Gazda</dt><dd>${key}</dd></dl></main>`;
    expect(see(page, NUMBERED.replace('77', key))).toEqual({
      kind: 'participant',
      sure: true,
      hints: { email: 'ann@example.com' },
    });
  });
  test('a number that the address repeats', () => {
    const page =
      '<main><h1>Ann Ash</h1><p>Email: ann@example.com</p><dl><dt>Gazda</dt><dd>77</dd></dl></main>';
    expect(see(page)).toEqual({ kind: 'participant', sure: true, hints: { email: 'ann@example.com' } });
  });
  test('a piece of code', () => {
    expect(see('<main><h1>Ann Ash</h1><p>User ID: {{user.id}}</p></main>')).toEqual(nobody);
  });
  test('beside it, an e-mail under unknown words is left alone', () => {
    const page =
      '<main><h1>Ann Ash</h1><dl><dt>User ID</dt><dd>ann</dd><dt>Gazda</dt><dd>bob@example.com</dd></dl></main>';
    expect(see(page)).toEqual({ kind: 'participant', sure: true, hints: { userId: 'ann' } });
  });
});
