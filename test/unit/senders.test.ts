import { expect, test } from 'vitest';
import { PARTICIPANT_ORIGINS, speakerOf } from '../../src/background/senders.ts';
import { MESSAGES } from '../../src/contract/messages.ts';
import { dashboardUrl } from '../../src/ui/dashboard-url.ts';

const self = { id: 'abcdef', origin: 'chrome-extension://abcdef' };
const popup = { id: self.id, origin: self.origin, url: `${self.origin}/popup.html` };
const card = {
  id: self.id,
  origin: 'https://app.impact.com',
  url: 'https://app.impact.com/participants/1',
  tab: { id: 7 },
  frameId: 0,
};

test('our own pages are pages, in a tab or not', () => {
  expect(speakerOf(popup, self)).toBe('page');
  expect(speakerOf({ ...popup, tab: { id: 3 }, frameId: 0 }, self)).toBe('page');
});

test('the dashboard is a page, wherever in it one is', () => {
  const url = `${self.origin}${dashboardUrl('take-back', 'r1')}`;
  expect(speakerOf({ ...popup, url, tab: { id: 3 }, frameId: 0 }, self)).toBe('page');
});

test('what the dashboard asks is for our own pages alone', () => {
  const asked = [
    'reversals',
    'reversal',
    'reverse',
    'dismissReversal',
    'saveSettings',
    'reconcile',
    'audit',
  ] as const;
  expect(asked.filter((name) => MESSAGES[name].content)).toEqual([]);
});

test.each(PARTICIPANT_ORIGINS)('our card on %s is a content script', (origin) => {
  expect(speakerOf({ ...card, origin, url: `${origin}/x?y#z` }, self)).toBe('content');
});

test.each([
  ['nothing stamped', {}],
  ['another extension', { ...popup, id: 'other' }],
  ['no id', { ...popup, id: undefined }],
  ['no origin, though the address is ours', { ...popup, origin: undefined }],
  ['another extension’s origin', { ...popup, origin: 'chrome-extension://other' }],
  ['an origin that only begins like ours', { ...popup, origin: `${self.origin}.evil` }],
  ['a card in a frame', { ...card, frameId: 1 }],
  ['a card whose frame is unknown', { ...card, frameId: undefined }],
  ['a card without a tab', { ...card, tab: undefined }],
  ['a card on another site', { ...card, origin: 'https://evil.example', url: 'https://evil.example/' }],
  ['a card whose address is another site’s', { ...card, url: 'https://evil.example/https://app.impact.com' }],
  ['a card whose origin is another site’s', { ...card, origin: 'https://evil.example' }],
  ['a card without an address', { ...card, url: undefined }],
  ['a card with a broken address', { ...card, url: 'https://' }],
  ['a card over plain http', { ...card, origin: 'http://app.impact.com', url: 'http://app.impact.com/' }],
  ['a card on a look-alike', { ...card, origin: 'https://app.impact.com.evil.example' }],
  ['an opaque origin', { ...card, origin: 'null', url: 'about:blank' }],
  ['a card from another extension', { ...card, id: 'other' }],
])('refused: %s', (_, sender) => {
  expect(speakerOf(sender, self)).toBeNull();
});
