/** A year of rewards: every view of the dashboard, and what other people at the same proxy see. */
import type { Page } from 'puppeteer';
import { startYear } from '../../sandbox/year/year.ts';
import { dashboardUrl } from '../../src/ui/dashboard-url.ts';
import type { Take } from './camera.ts';
import { isIdle, joinTeam, openStudio, type Studio, says } from './studio.ts';
import { decide, reconcile } from './year-books.ts';
import { rewards } from './year-rewards.ts';
import { unlinked } from './year-unlinked.ts';

const REWARDS = 2400;

export async function year(take: Take): Promise<void> {
  const studio = await openStudio(() => startYear({ seed: 1, rewards: REWARDS }));
  try {
    const { hands, until } = studio;
    await joinTeam(studio, hands, 'admin');
    await until('what is due is credited', (state) => isIdle(state) && state.queue.creditedToday.length > 0);
    const page = await hands.openDashboard();
    await page.setViewport({ width: 1280, height: 900 });
    await overview(studio, page, take);
    await rewards(studio, page, take);
    await decide(studio, page, take);
    await reconcile(studio, page, take);
    await team(studio, page, take);
    await settings(studio, page, take);
    await unlinked(studio, page, take);
    await health(studio, page, take);
    await others(studio, take);
    await offline(studio, take);
  } finally {
    await studio.close();
  }
}

async function overview({ hands }: Studio, page: Page, take: Take): Promise<void> {
  await take('overview', page, async () => {
    await hands.press(page, '90 days');
    await says(page, 'Credits per day in USD');
  });
  for (const name of ['overview-narrow', 'overview-wide', 'overview-rtl', 'overview-forced-colours'] as const)
    await take(name, page);
  await take('overview-table', page, () => page.locator('figure button').click());
  await hands.press(page, 'Audit', 'link');
  await take('audit', page, () => hands.see(page, 'Look for newer'));
}

async function team({ hands }: Studio, page: Page, take: Take): Promise<void> {
  await hands.press(page, 'Team', 'link');
  await take('team', page, () => hands.see(page, 'Make a code'));
  await take('team-invitation', page, async () => {
    await hands.press(page, 'Make a code');
    await hands.see(page, 'Copy code');
  });
  await hands.press(page, 'Done');
}

async function settings({ hands }: Studio, page: Page, take: Take): Promise<void> {
  await hands.press(page, 'Settings', 'link');
  await take('settings', page, () => hands.see(page, 'Most per reward (USD)', 'textbox'));
  await take('settings-narrow', page);
  await take('settings-invalid', page, () => hands.type(page, 'Most per reward (USD)', 'a lot'));
  await hands.type(page, 'Most per reward (USD)', '400.00');
}

async function health({ hands, sandbox }: Studio, page: Page, take: Take): Promise<void> {
  await take('health-bad', page, async () => {
    sandbox.advocate.inject({ fault: 'unauthorized', times: Number.POSITIVE_INFINITY });
    await hands.press(page, 'Health', 'link');
    await says(page, 'Advocate refuses the proxy’s API key.');
  });
  sandbox.advocate.clearFaults();
}

/** Support, and people whose browsers speak other languages. */
async function others(studio: Studio, take: Take): Promise<void> {
  const support = await studio.another();
  await joinTeam(studio, support, 'support');
  await take('popup-home-support', support.popup, () =>
    studio.until('it has looked', ({ running }) => !running, support),
  );
  await support.close();
  for (const [language, home, list] of [
    ['de', 'popup-home-de', 'rewards-de'],
    ['ja', 'popup-home-ja', 'rewards-ja'],
  ] as const) {
    const hands = await studio.another(language);
    if (!(await hands.popup.evaluate(hasJapaneseLetters)))
      throw new Error(
        'Japanese would be boxes: install a font with its letters, such as fonts-ipafont-gothic.',
      );
    await joinTeam(studio, hands, 'admin');
    await take(home, hands.popup, async () => {
      await studio.until('it has looked', ({ running, queue }) => !running && queue.counts.held > 0, hands);
      await hands.popup.reload();
      await hands.popup.locator('.today').wait();
    });
    const page = await hands.browser.newPage();
    await take(list, page, async () => {
      await page.goto(new URL(dashboardUrl('rewards'), hands.popup.url()).href);
      await page.locator('[data-index="3"]').wait();
    });
    await hands.close();
  }
}

/** In the page: letters that no font has are all the same box. */
function hasJapaneseLetters(): boolean {
  const drawn = (letter: string) => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d')?.fillText(letter, 0, 20);
    return canvas.toDataURL();
  };
  return drawn('日') !== drawn('本');
}

async function offline({ hands, proxy }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  await take('popup-home-offline', popup, async () => {
    await popup.bringToFront();
    await proxy.close();
    await hands.press(popup, 'Run now');
    await hands.seeText(popup, 'Offline');
  });
}
