// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { readPage } from '../../src/content/read-page.ts';
import { recognise } from '../../src/content/recognise.ts';

afterEach(() => vi.restoreAllMocks());

const list = (people: number, row: (i: number) => string) =>
  new DOMParser().parseFromString(
    `<main><h1>Participants</h1>${Array.from({ length: people }, (_, i) => row(i)).join('')}</main>`,
    'text/html',
  );

/** How much is read and compared, in whatever time: calls of what the recogniser reads texts with. */
function work(page: Document): number {
  let done = 0;
  // Nothing for a browser; here it would be most of the time.
  vi.spyOn(Element.prototype, 'checkVisibility').mockImplementation(() => {
    done += 1;
    return true;
  });
  const { match, normalize } = String.prototype;
  vi.spyOn(String.prototype, 'match').mockImplementation(function (this: string, by) {
    done += this.length;
    return match.call(this, by as RegExp);
  });
  vi.spyOn(String.prototype, 'normalize').mockImplementation(function (this: string, form) {
    done += this.length;
    return normalize.call(this, form);
  });
  for (const proto of [HTMLElement.prototype, Node.prototype]) {
    for (let at: object | null = proto; at; at = Object.getPrototypeOf(at)) {
      const text = Object.getOwnPropertyDescriptor(at, 'textContent')?.get;
      if (!text) continue;
      vi.spyOn(at as Node, 'textContent', 'get').mockImplementation(function (this: Node) {
        const value = text.call(this) as string;
        done += value.length;
        return value;
      });
      break;
    }
  }
  recognise(page, 'https://app.impact.com/engage/participants');
  vi.restoreAllMocks();
  return done;
}

test.each([
  [
    'boxes',
    (i: number) => `<div><span>Email</span><span>p${i}@example.com</span><b>User ID</b><i>p${i}</i></div>`,
  ],
  ['a flat page', (i: number) => `<span>Email</span><span>p${i}@example.com</span>`],
  ['sections', (i: number) => `<section><h2>P ${i}</h2><p>Referred by: p${i}@example.com</p></section>`],
  ['fields', (i: number) => `<label for="f${i}">Email</label><input id="f${i}" value="p${i}@example.com">`],
])('twice as many people as %s are twice the work', { timeout: 60_000 }, (_, row) => {
  const some = work(list(200, row));
  const more = work(list(400, row));
  expect(some).toBeGreaterThan(0);
  expect(more / some).toBeLessThan(2.5);
});

test('of a page of 20,000 elements no more is read than of one of 15,000', { timeout: 60_000 }, () => {
  vi.spyOn(Element.prototype, 'checkVisibility').mockReturnValue(true);
  const row = () => '<div><b>P</b><i>x</i><u>y</u></div>';
  const read = (rows: number) => readPage(list(rows, row)).runs.length;
  expect(read(5_000)).toBe(read(3_750));
});
