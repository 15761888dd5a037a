/** The guards of the card and the popup's link view: nothing is linked that nobody pressed, nor on whom nobody sees. */
import { type Guard, guardsIn } from './guards.ts';

const LINK = 'test/unit/card-link.test.ts';
const CARD = 'test/unit/card.test.ts';
const MODEL = 'test/unit/card-model.test.ts';
const LOAD = 'test/unit/card-load.test.ts';
const POPUP = 'test/unit/popup-link.test.tsx';

export const DESK = (): Guard[] => [
  ...guardsIn('src/ui/link/link-model.ts', [
    [
      'the only customer found is not linked by itself',
      'if (search !== this.#searches || !now) return;',
      'if (search !== this.#searches || !now) return;\n    if (reply.ok && reply.value.candidates[0]) return this.link(reply.value.candidates[0]);',
      LINK,
      'chooses nothing',
    ],
    ['an earlier search is not shown', 'search !== this.#searches || !now', '!now', LINK, 'earlier search'],
    [
      'a closed finder’s search is not shown in the next one',
      'this.#searches++;\n    this.#set({ finder',
      'this.#set({ finder',
      LINK,
      'opened anew',
    ],
    [
      'the link that was seen goes along',
      'previous: from });',
      'previous: null });',
      LINK,
      'saw as previous',
    ],
    [
      'the link that was seen goes along when it is taken away',
      "previous: from ?? '' });",
      "previous: '' });",
      LINK,
      'first link takes it away',
    ],
    [
      'a second press links nothing',
      'if (busy || !this.#mayWrite()) return;\n    const { to, from } = change;',
      'if (!this.#mayWrite()) return;\n    const { to, from } = change;',
      LINK,
      'under way sends nothing',
    ],
    [
      'a second press creates nothing',
      "if (busy || !this.#mayWrite()) return;\n    this.#set({ busy: 'creating'",
      "if (!this.#mayWrite()) return;\n    this.#set({ busy: 'creating'",
      LINK,
      'creates nothing',
    ],
    [
      'nothing is written on whom the page no longer shows',
      'if (this.#options.stillHere()) return true;',
      'return true;',
      LINK,
      'shows somebody else',
    ],
    [
      'a customer made for somebody the page has left is not linked',
      'if (!this.#mayWrite(otherwise)) return;',
      '',
      LINK,
      'before the page moved on',
    ],
    ['undo ends', 'this.#undoing = setTimeout(this.#endUndo, UNDO_MS);', '', LINK, 'ten seconds'],
    [
      'undo is withdrawn once money went',
      'if (total(reply.value) > total(detail)) this.#endUndo();',
      '',
      LINK,
      'once money went',
    ],
    [
      'a broken link is not offered back',
      '(from === null || detail.customer !== null)',
      'true',
      LINK,
      'broken link',
    ],
    [
      'what somebody else linked is read',
      "(!lost && problem.code !== 'link_changed')",
      '!lost',
      LINK,
      'sees what stands now',
    ],
    [
      'what was typed stays',
      '    this.#set({ detail: reply.value });\n    this.#watchAnew();',
      '    this.#set({ detail: reply.value, finder: null });\n    this.#watchAnew();',
      LINK,
      'keeps what was typed',
    ],
    [
      'an answer that was lost is made up for',
      'if (lost && reply.value.link === to) return this.#changed(reply.value, done);',
      '',
      LINK,
      'that was lost',
    ],
    [
      'what was read after a refusal is older than a link made since',
      'if (turn !== this.#turn || this.state.busy || !reply.ok) return;',
      'if (!reply.ok) return;',
      LINK,
      'linked since',
    ],
    [
      'what was read before a change is out of date',
      'if (turn !== this.#turn || this.state.busy) return this.#refreshSoon();',
      '',
      LINK,
      'stands since',
    ],
    [
      'what somebody else has changed is not told as done',
      'if (reply.value.link !== detail.link) this.#set({ done: null });',
      '',
      LINK,
      'no longer told',
    ],
    [
      'nothing runs once the extension is gone',
      'if (this.#options.signal.aborted) return;\n    this.#set({ detail, finder: null',
      'this.#set({ detail, finder: null',
      LINK,
      'leaves nothing running',
    ],
    [
      'a customer that is warned of is not linked by its ID',
      "if (found?.warnings.every((each) => each === 'currency_unset'))",
      'if (found)',
      LINK,
      'something speaks',
    ],
    [
      'a customer is not linked by its ID after another search',
      'searched === id ? candidates.find((candidate) => candidate.id === id) : undefined',
      'searched === null ? undefined : candidates.find((candidate) => candidate.id === id)',
      LINK,
      'comes up again',
    ],
  ]),
  ...guardsIn('src/ui/link/LinkDesk.tsx', [
    [
      'no present link is made up',
      "code === 'link_changed' && current !== undefined",
      "code === 'link_changed'",
      CARD,
      'still at it',
    ],
  ]),
  ...guardsIn('src/ui/link/Finder.tsx', [
    ['a word can be composed', ' || event.isComposing', '', CARD, 'Escape closes'],
    [
      'no customer is made beside one that is certain',
      '{!candidates.some(({ evidence }) => evidence.some((each) => CERTAIN.includes(each))) && (',
      '{(',
      CARD,
      'the very e-mail',
    ],
  ]),
  ...guardsIn('src/ui/by-linking.ts', [
    [
      'currencies are not added up',
      'sumByCurrency(rewards.flatMap(({ money }) => money ?? []))',
      'rewards.flatMap(({ money }) => money ?? []).slice(0, 1)',
      CARD,
      'not added up',
    ],
  ]),
  ...guardsIn('src/ui/link/link-words.ts', [
    [
      'two buttons are not alike',
      'return shared ?',
      'return shared === null ?',
      CARD,
      'two different buttons',
    ],
  ]),
  ...guardsIn('src/content/card-model.ts', [
    [
      'nobody is looked up on the other tenant’s page',
      "if (this.#ofOtherMode(address)) return this.#show({ is: sure ? 'other_mode' : 'nothing' });",
      '',
      MODEL,
      'nobody is looked up',
    ],
    [
      'of several participants none is chosen',
      "if (found.kind === 'ask') return this.#show({ is: 'ask', participants: found.participants });",
      "if (found.kind === 'ask') return this.choose(found.participants[0] ?? { accountId: '', userId: '' });",
      MODEL,
      'none is opened',
    ],
    [
      'all is asked in the mode that the card shows',
      'this.#options.ask(name, request, this.state.mode ?? undefined)',
      'this.#options.ask(name, request)',
      LINK,
      'the mode that the card shows',
    ],
  ]),
  ...guardsIn('src/content/mount-card.tsx', [
    ['the shadow root is closed', "options.shadow ?? 'closed'", "'open'", CARD, 'one closed shadow root'],
    [
      'nothing stays on the page',
      '    render(null, body);\n    host.remove();',
      '',
      CARD,
      'one closed shadow root',
    ],
    [
      'what is pressed in the card is kept from the page',
      'event.stopPropagation()',
      'event',
      CARD,
      'in the card does not reach',
    ],
    ['the card says its language', "  body.lang = say('language');\n", '', CARD, 'says that it is English'],
    ['the focus is kept', '    keepFocus(root, focused);\n', '', CARD, 'next stop of the keyboard'],
    [
      'an unsure page gets nothing before it is known',
      "if (place === null && (is === 'nothing' || is === 'loading')) return;",
      '',
      CARD,
      'no element at all',
    ],
  ]),
  ...guardsIn('src/content/load-card.ts', [
    ['a page that has moved on gets no card', 'if (!options.signal.aborted) card', 'card', LOAD, 'moved on'],
    ['an extension that is gone throws nothing', 'load().catch(() => undefined)', 'load()', LOAD],
  ]),
  ...guardsIn('src/popup/LinkView.tsx', [
    [
      'the answer about somebody who was left is dropped',
      'if (signal.aborted) return;',
      '',
      POPUP,
      'left meanwhile',
    ],
    [
      'all is asked in the mode that the popup shows',
      'ask(name, request, mode)',
      'ask(name, request)',
      POPUP,
      'chooses the other mode',
    ],
    [
      'the focus is led on',
      "section.current?.querySelector<HTMLElement>('[data-focus], input')?.focus();",
      '',
      POPUP,
      'led on',
    ],
  ]),
  ...guardsIn('src/ui/worker-state.ts', [
    [
      'all is asked in the mode that a page of ours shows',
      'mode = state.value?.mode',
      'mode?: Mode',
      POPUP,
      'the mode that the popup showed',
    ],
  ]),
];
