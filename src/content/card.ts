/** Entry of the card's code: gives it words, and does nothing else. */
import { speakAsBrowser } from '../ui/browser-words.ts';

speakAsBrowser();

export { mountCard } from './mount-card.tsx';
