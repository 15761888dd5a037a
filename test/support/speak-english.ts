/** Before every test file: pages and worker speak English, as the browser would make them. */
import { english } from '../../src/locales/english.ts';
import { speak } from '../../src/locales/say.ts';

speak(english);
