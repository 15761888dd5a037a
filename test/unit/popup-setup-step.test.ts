import { describe, expect, test } from 'vitest';
import { NOTHING_LOOKED } from '../../src/contract/setup.ts';
import { say } from '../../src/locales/say.ts';
import { readProxyAddress } from '../../src/popup/pair-address.ts';
import { setupStep } from '../../src/popup/setup-step.ts';
import { otherSender, situation } from '../../src/popup/situation.ts';
import { notOn, notPaired, popupState, problem } from './popup-scene.tsx';

describe('set-up goes on where it stopped', () => {
  test.each([
    ['pair', notPaired()],
    ['connect', popupState({ top: { session: null } })],
    ['connect', popupState({ stripe: { connected: false }, settings: { ...notOn, units: [] } })],
    ['connect', popupState({ stripe: { connected: false }, settings: notOn })],
    ['units', popupState({ settings: { ...notOn, units: [] } })],
    ['field', popupState({ settings: notOn, top: { looked: NOTHING_LOOKED } })],
    ['try_one', popupState({ settings: notOn, top: { looked: { ...NOTHING_LOOKED, field: 'field_ok' } } })],
    ['turn_on', popupState({ settings: notOn })],
    ['done', popupState({ top: { looked: NOTHING_LOOKED } })],
    ['done', popupState()],
    ['done', popupState({ settings: { paused: true } })],
    ['done', popupState({ stripe: { connected: false, broken: 'taken back' } })],
  ])('at %s', (step, state) => {
    expect(setupStep(state)).toBe(step);
  });

  test('each mode has its own', () => {
    const state = popupState();
    if (!state.session) throw new Error('no session');
    const { live } = state.session.modes;
    state.session.modes.live = { ...live, settings: { ...live.settings, ...notOn, units: [] } };
    expect([setupStep(state), setupStep({ ...state, mode: 'live' })]).toEqual(['done', 'units']);
  });
});

describe('the header says in a word how things stand', () => {
  test.each([
    ['Opening', null],
    ['Setting up', notPaired()],
    ['Setting up', popupState({ settings: notOn })],
    ['Connecting', popupState({ top: { session: null } })],
    ['On', popupState()],
    ['Paused', popupState({ settings: { paused: true } })],
    ['Stopped', popupState({ stripe: { connected: false } })],
    ['Offline', popupState({ top: { problem: problem('proxy_unreachable') } })],
    ['Paused', popupState({ top: { problem: problem('host_permission_missing') } })],
    ['No access', popupState({ top: { problem: problem('forbidden') } })],
  ])('%s', (label, state) => {
    expect(say(`popup_situation_${situation(state).situation}`)).toBe(label);
  });

  test('another browser is named only while its lease holds', () => {
    const state = popupState();
    if (!state.session) throw new Error('no session');
    state.session.modes.test.lease = { holder: { id: 'b2', name: 'Ben’s' }, until: 100, mine: false };
    expect(otherSender(state, 99)).toBe('Ben’s');
    expect(otherSender(state, 100)).toBeNull();
    state.session.modes.test.lease.mine = true;
    expect(otherSender(state, 99)).toBeNull();
  });
});

describe('a proxy address', () => {
  test.each([
    ['http://localhost:8787#AB-12', 'http://localhost:8787', true, 'AB-12'],
    [' localhost:8787 ', 'http://localhost:8787', true, null],
    ['127.0.0.1:9', 'http://127.0.0.1:9', true, null],
    ['proxy.example', 'https://proxy.example', false, null],
    ['https://proxy.example/path/#C', 'https://proxy.example', false, 'C'],
    ['localhost.evil.example', 'https://localhost.evil.example', false, null],
  ])('%s is read', (text, origin, loopback, code) => {
    expect(readProxyAddress(text)).toEqual({ ok: true, origin, loopback, code });
  });

  test.each(['', 'http://proxy.example', 'ftp://proxy.example', 'https://a:b@proxy.example', 'http://'])(
    '“%s” is refused with a sentence',
    (text) => {
      expect(readProxyAddress(text)).toEqual({ ok: false, why: expect.stringMatching(/\.$/) });
    },
  );
});
