/** Every picture there is: of which screen, how it is framed, and what it shows. */
import type { Frame } from './camera.ts';

export type Look = 'light' | 'dark' | 'forced colours';
export type Picture = {
  frame: Frame;
  /** In one sentence. */
  what: string;
  /** Instead of light and dark. */
  only?: 'light' | 'forced colours';
  /** Everything from right to left, to see that the layout holds. */
  rightToLeft?: true;
  /** Of a long page, its end. */
  end?: true;
};
type Screen = { title: string; pictures: Record<string, Picture> };

const popup = (what: string, more: Partial<Picture> = {}): Picture => ({ frame: 'popup', what, ...more });
const card = (what: string): Picture => ({ frame: 'card', what });
const view = (what: string, more: Partial<Picture> = {}): Picture => ({ frame: 'view', what, ...more });
const once = { only: 'light' } as const;

/** In the order of the page. The name of a picture is the name of its file. */
export const SCREENS = [
  {
    title: 'Popup: set-up',
    pictures: {
      'popup-not-paired': popup('A new browser: the first of six steps asks for the proxy and a code.'),
      'popup-connect': popup('Paired. Stripe is connected in a tab of its own.'),
      'popup-units': popup('Units are typed or taken from Advocate’s list, each checked with Advocate.'),
      'popup-field': popup('The custom field that links are kept in is there, in the right spelling.'),
      'popup-field-differs': popup('The custom field is there with other capitals, which does not count.'),
      'popup-try-one': popup('A dry run of the newest reward: what would be credited, and to whom.'),
      'popup-try-one-none': popup('A dry run where nobody has earned anything yet.'),
      'popup-turn-on': popup('The last step: what goes through at once, and what was earned earlier.'),
      'popup-turn-on-question': popup('Earlier rewards with their sums per currency, and three answers.'),
      'popup-turn-on-live': popup('The same question in live mode.'),
    },
  },
  {
    title: 'Popup: home',
    pictures: {
      'popup-home': popup('On: today’s credits, what needs a person, and what waits.'),
      'popup-home-earlier': popup('Earlier rewards wait until an admin confirms them.', { end: true }),
      'popup-home-held': popup('All that is held, each with its reason and one button.'),
      'popup-home-settings': popup('The settings, unfolded.', { end: true }),
      'popup-home-paused': popup('Paused: nothing is sent, and one button turns it on again.'),
      'popup-home-nothing': popup('On, with nothing earned yet.'),
      'popup-home-offline': popup('The proxy does not answer; what is shown was true a moment ago.'),
      'popup-home-lost': popup('Stripe took the connection back. Rewards are kept.'),
      'popup-home-live': popup('Live mode, unmistakable.'),
      'popup-home-support': popup('What support sees: no settings, no decisions about money.'),
      'popup-home-opening': popup('While the worker wakes up: how it stood, and since when.'),
      'popup-home-narrow': { ...popup('As narrow as 320 pixels.', once), frame: 'popup-narrow' },
      'popup-home-de': popup('In German.', once),
      'popup-home-ja': popup('In Japanese.', once),
      'popup-home-rtl': popup('From right to left; the words stay English.', { ...once, rightToLeft: true }),
      'popup-home-forced-colours': popup('In forced colours.', { only: 'forced colours' }),
    },
  },
  {
    title: 'Popup: link a participant',
    pictures: {
      'popup-link-search': popup('A participant, found by e-mail.'),
      'popup-link-candidates': popup('Customers that may fit, with what speaks for each and against it.'),
      'popup-link-linked': popup('Linked, with ten seconds to undo it.'),
    },
  },
  {
    title: 'The card on a participant’s page',
    pictures: {
      'participant-candidates': {
        frame: 'page',
        what: 'On Advocate’s page: two customers use this e-mail, and a person chooses.',
      },
      'participant-linked': {
        frame: 'page',
        what: 'On Advocate’s page: linked, credited, and which invoice used it.',
      },
      'card-not-linked': card('Not linked, with what waits.'),
      'card-candidates': card('Several customers with one e-mail, each with its evidence.'),
      'card-nothing-found': card('No customer fits; one can be created.'),
      'card-linked': card('Linked: what was credited, how much an invoice used, and what is left.'),
      'card-question': card('A page that may be about somebody: the card asks.'),
      'card-refused': card('A customer who was deleted cannot be linked, and why.'),
      'stripe-customer': {
        frame: 'page',
        ...once,
        what: 'The same customer in Stripe (simulated): the credits as balance transactions.',
      },
    },
  },
  {
    title: 'Dashboard: Overview',
    pictures: {
      overview: view('Credits per day in each currency, how long they took, what became of them.'),
      'overview-table': view('The same plot as a table.'),
      'overview-narrow': { ...view('As narrow as a phone.', once), frame: 'view-narrow' },
      'overview-wide': { ...view('On a wide screen.', once), frame: 'view-wide' },
      'overview-rtl': view('From right to left; the words stay English.', { ...once, rightToLeft: true }),
      'overview-forced-colours': view('In forced colours.', { only: 'forced colours' }),
    },
  },
  {
    title: 'Dashboard: Rewards',
    pictures: {
      rewards: view('Every reward: where it stands, and why.'),
      'rewards-filter': view('Only those that are held.'),
      'rewards-chosen': view('Some are chosen, with what can be done to all of them at once.'),
      'rewards-empty': view('A search that nothing fits.'),
      'rewards-narrow': { ...view('As narrow as a phone.', once), frame: 'view-narrow' },
      'rewards-wide': { ...view('On a wide screen.', once), frame: 'view-wide' },
      'rewards-de': view('In German.', once),
      'rewards-ja': view('In Japanese.', once),
    },
  },
  {
    title: 'Dashboard: one reward',
    pictures: {
      'reward-used': view('Credited, and partly used on an invoice.'),
      'reward-held': view('Held, with the reason and what to do.'),
      'reward-waiting': view('Waiting for a link, which can be made here.'),
    },
  },
  {
    title: 'Dashboard: Unlinked',
    pictures: {
      unlinked: view('Who waits for a link, with the customers that were found.'),
      'unlinked-review': view('Everything once more, before many are linked.'),
      'unlinked-done': view('Linked, with a file of what became of each.'),
      'unlinked-import': view('A CSV file, checked row by row before anything is linked.', { end: true }),
    },
  },
  {
    title: 'Dashboard: Take back',
    pictures: {
      'take-back': view('Credits that turned out wrong, and what was decided about earlier ones.'),
      'take-back-one': view('One of them: what was credited, what is spent, what is unspent.'),
      'take-back-question': view('Before it is taken back.'),
      'take-back-done': view('Taken back, by which transaction.'),
    },
  },
  {
    title: 'Dashboard: Reconcile',
    pictures: {
      reconcile: view('Rewards, ledger and Stripe agree, one to one.'),
      'reconcile-differs': view('Somebody changed something in Stripe, and it is found.'),
    },
  },
  { title: 'Dashboard: Audit', pictures: { audit: view('Who did what and when, with before and after.') } },
  {
    title: 'Dashboard: Settings',
    pictures: {
      settings: view('Credits on or off, units, caps, and what happens with customers never billed.'),
      'settings-invalid': view('While something is typed that is no amount.', { end: true }),
      'settings-narrow': { ...view('As narrow as a phone.', once), frame: 'view-narrow' },
    },
  },
  {
    title: 'Dashboard: Team',
    pictures: {
      team: view('Every paired browser, its role, and when it was last seen.'),
      'team-invitation': view('A code that pairs one browser, once.'),
    },
  },
  {
    title: 'Dashboard: Health',
    pictures: {
      health: view('Everything is in order.'),
      'health-bad': view('What needs a person, each with the next step.'),
    },
  },
] as const satisfies readonly Screen[];

type All = (typeof SCREENS)[number]['pictures'];
export type PictureName = All extends infer One ? (One extends unknown ? keyof One & string : never) : never;

export const PICTURES: ReadonlyMap<string, Picture> = new Map(
  SCREENS.flatMap(({ pictures }) => Object.entries<Picture>(pictures)),
);

export const looksOf = ({ only }: Picture): readonly Look[] => (only ? [only] : ['light', 'dark']);
export const fileOf = (name: string, look: Look) => (look === 'dark' ? `${name}-dark.png` : `${name}.png`);
export const filesToTake = (): string[] =>
  [...PICTURES].flatMap(([name, picture]) => looksOf(picture).map((look) => fileOf(name, look)));
