/** The card's element. In a file of its own: the card carries nothing of what reads pages. */
export const CARD_TAG = 'advocate-credits-card';
