/** Builds an element; attributes that are null, false or undefined are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return element;
}

export async function load(path, body) {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`/_sandbox/pages/${path}`, init ?? {});
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.message);
  return value;
}

export const participantPath = (alias, { accountId, id }) =>
  `data/${encodeURIComponent(alias)}/account/${encodeURIComponent(accountId)}/user/${encodeURIComponent(id)}`;

const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
export const day = (ms) => days.format(ms);

const WORDS = {
  AVAILABLE: 'Available',
  PENDING: 'Pending',
  EXPIRED: 'Expired',
  CANCELLED: 'Cancelled',
  REDEEMED: 'Redeemed',
};
const WHY = { SCHEDULED: 'scheduled', US_TAX: 'tax form needed', UNHANDLED_ERROR: 'error' };

/** The statuses of a reward in words, the one that matters most first. */
export function statusOf(reward) {
  const order = ['CANCELLED', 'REDEEMED', 'EXPIRED', 'PENDING', 'AVAILABLE'];
  const status = order.find((s) => reward.statuses.includes(s));
  const why = status === 'PENDING' ? reward.pendingReasons.map((r) => WHY[r] ?? r).join(', ') : '';
  const left = reward.partly && status === 'AVAILABLE' ? `${reward.available} left` : '';
  return { status, label: WORDS[status], detail: why || left };
}

/** Paints anew only what has changed, so that a focus or a selection outlives the refresh. */
export function refreshEvery(ms, get, paint) {
  let last = '';
  let stopped = false;
  const tick = async () => {
    try {
      const value = await get();
      const text = JSON.stringify(value);
      if (!stopped && text !== last) paint(value);
      last = text;
    } catch {
      // The sandbox was stopped; the page keeps what it shows.
    }
    if (!stopped) timer = setTimeout(tick, ms);
  };
  let timer = setTimeout(tick, ms);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
