import { recognise } from '../src/content/recognise.ts';

Reflect.set(globalThis, 'recogniser', recognise);
