// @vitest-environment happy-dom
import { render } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AskMaybe } from '../../src/content/ask.ts';
import { type Problem, ProblemError } from '../../src/contract/problems.ts';
import { english } from '../../src/locales/english.ts';
import { speak } from '../../src/locales/say.ts';
import { retold, told } from '../../src/locales/told.ts';
import { speakOnPage } from '../../src/ui/browser-words.ts';
import { ProblemNotice } from '../../src/ui/ProblemNotice.tsx';
import { click, mount, root, setPage, text } from './card-scene.ts';
import { linkedTo, worker } from './card-world.ts';

setPage();
afterEach(() => {
  speak(english);
  vi.unstubAllGlobals();
  document.documentElement.removeAttribute('lang');
});

/** English with a few words of German, so that what comes from where can be told. */
function speakGerman(): void {
  const german: Record<string, string> = {
    language: 'de',
    card_title: 'Stripe-Kunde',
    problem_forbidden: 'Deine Rolle erlaubt das nicht.',
    link_plainly_customer_missing: 'Prüfe die ID.',
  };
  speak((key) => german[key] ?? english(key));
}

describe('what the browser says', () => {
  const inBrowser = (getMessage: (key: string) => string) =>
    vi.stubGlobal('chrome', { runtime: { id: 'ours' }, i18n: { getMessage } });

  test('is what a page of ours says, and the page says in which language', () => {
    inBrowser((key) => (key === 'language' ? 'de' : `de:${key}`));
    vi.stubGlobal('browser', undefined);
    speakOnPage();
    expect(document.documentElement.lang).toBe('de');
    render(<ProblemNotice problem={new ProblemError('forbidden').toProblem()} />, document.body);
    expect(document.querySelector('.notice-title')?.textContent).toBe('de:problem_forbidden');
    render(null, document.body);
  });

  test('an element of the page that is called browser does not speak for it', () => {
    const element = document.createElement('div');
    element.id = 'browser';
    vi.stubGlobal('browser', element);
    inBrowser((key) => (key === 'language' ? 'fr' : key));
    speakOnPage();
    expect(document.documentElement.lang).toBe('fr');
  });

  test('once the extension is gone, what was said before is said again and nothing is thrown', async () => {
    let isThere = true;
    inBrowser((key) => {
      if (!isThere) throw new Error('Extension context invalidated.');
      return english(key);
    });
    vi.stubGlobal('browser', undefined);
    speakOnPage();
    await mount({ participant: () => linkedTo('cus_A') }, { ask: silentAfter(3, () => (isThere = false)) });
    await click('Unlink');
    expect(text()).toContain('The extension did not answer.It may have been updated or turned off.');
    expect(text()).toContain('Reload this page and try again.');
    expect(text()).not.toContain('[');
  });
});

/** Answers a few times, then never again. */
function silentAfter(answers: number, gone: () => void): AskMaybe {
  const { ask } = worker({ participant: () => linkedTo('cus_A') });
  let asked = 0;
  return async (name, request) => {
    if (asked++ < answers) return ask(name, request);
    gone();
    return undefined;
  };
}

describe('in another language', () => {
  test('the card says in which it is, and which of its words are not', async () => {
    speakGerman();
    await mount({
      participants: () => ({ ...new ProblemError('forbidden', { detail: 'Why.' }).toProblem() }),
    });
    const inside = root().querySelector('section')?.closest<HTMLElement>('[lang]');
    expect(inside?.lang).toBe('de');
    expect(root().querySelector('h2')?.textContent).toBe('Stripe-Kunde');
    const notice = root().querySelector('.notice');
    expect(notice?.textContent).toContain('Deine Rolle erlaubt das nicht.Why.');
    expect(notice?.querySelector('[lang=en]')?.textContent).toBe('Why.');
  });

  const langOf = (problem: Problem) => {
    render(<ProblemNotice problem={problem} />, document.body);
    const found = [...document.querySelectorAll('.notice > p')].map((p) => [
      p.textContent,
      p.getAttribute('lang'),
    ]);
    render(null, document.body);
    return found;
  };

  test('the proxy’s own sentences are marked as English, ours are not', () => {
    speakGerman();
    const refused = new ProblemError('forbidden', { detail: 'Why.', action: 'Do.' }).toProblem();
    expect(langOf(refused)).toEqual([
      ['Deine Rolle erlaubt das nicht.', null],
      ['Why.', 'en'],
      ['Do.', 'en'],
    ]);
    expect(langOf(retold(refused, { action: 'Frage nach.' })).slice(1)).toEqual([
      ['Why.', 'en'],
      ['Frage nach.', null],
    ]);
    expect(
      langOf(new ProblemError('forbidden', told({ title: 'Nein.', detail: 'Weil.' })).toProblem()),
    ).toEqual([
      ['Nein.', null],
      ['Weil.', null],
    ]);
  });

  test('what the proxy repeats of its title is not said twice, in no language', () => {
    speakGerman();
    const title = 'Your role does not allow this.';
    expect(
      langOf({ type: 'about:blank', code: 'forbidden', status: 403, title, detail: title }),
    ).toHaveLength(1);
  });

  test('in English nothing needs to be marked', () => {
    const refused = new ProblemError('forbidden', { detail: 'Why.' }).toProblem();
    expect(langOf(refused)).toContainEqual(['Why.', null]);
  });
});
