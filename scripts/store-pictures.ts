/** Which pictures the stores get, in the order in which they are shown there. */
export type StorePicture = {
  file: string;
  width: number;
  height: number;
  kind: 'icon' | 'page' | 'tall' | 'small' | 'wide';
  words: string;
  /** Of docs/screens, without its ending. */
  screen?: string;
};

const shot = (file: string, screen: string, words: string, kind: 'page' | 'tall' = 'page'): StorePicture => ({
  file: `${file}.png`,
  width: 1280,
  height: 800,
  kind,
  words,
  screen,
});
const TITLE = 'Advocate Credits for Stripe';

export const STORE_PICTURES: readonly StorePicture[] = [
  { file: 'icon-128.png', width: 128, height: 128, kind: 'icon', words: '' },
  shot('1-link', 'participant-candidates', 'Link a participant to their Stripe customer'),
  shot('2-popup', 'popup-home', 'Today’s credits, and what needs a person', 'tall'),
  shot('3-overview', 'overview', 'What was credited, and how long it took'),
  shot('4-bulk', 'unlinked-review', 'Hundreds of links at once, each looked over'),
  shot('5-reward', 'reward-used', 'One reward, step by step, to the invoice'),
  { file: 'tile-small.png', width: 440, height: 280, kind: 'small', words: TITLE },
  { file: 'tile-marquee.png', width: 1400, height: 560, kind: 'wide', words: TITLE },
];
