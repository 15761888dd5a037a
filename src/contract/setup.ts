/** What set-up looked at in this browser, by mode: steps that change nothing, so nothing else remembers them. */
import * as v from 'valibot';
import { HEALTH } from './health-codes.ts';

export type FieldFound = keyof typeof HEALTH.field;
const FIELD_FOUND = Object.keys(HEALTH.field) as [FieldFound, ...FieldFound[]];
/** What a dry run of the newest reward came to; `skipped`: somebody went on before there was an answer. */
const TRY_FOUND = ['would_credit', 'would_wait', 'none', 'skipped'] as const;
export type TryFound = (typeof TRY_FOUND)[number];

export const Looked = v.strictObject({
  field: v.nullable(v.picklist(FIELD_FOUND)),
  tryOne: v.nullable(v.picklist(TRY_FOUND)),
});
export type Looked = v.InferOutput<typeof Looked>;
export const LookedRequest = v.partial(Looked);
export const NOTHING_LOOKED: Looked = { field: null, tryOne: null };
