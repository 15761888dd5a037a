/** Every key there is, by the English files. Types alone: no text goes into a bundle through this. */
type Areas = typeof import('./en/audit.json') &
  typeof import('./en/card.json') &
  typeof import('./en/common.json') &
  typeof import('./en/dashboard.json') &
  typeof import('./en/health.json') &
  typeof import('./en/link.json') &
  typeof import('./en/notices.json') &
  typeof import('./en/overview.json') &
  typeof import('./en/popup.json') &
  typeof import('./en/problems.json') &
  typeof import('./en/reasons.json') &
  typeof import('./en/reconcile.json') &
  typeof import('./en/reversals.json') &
  typeof import('./en/rewards.json') &
  typeof import('./en/settings.json') &
  typeof import('./en/team.json') &
  typeof import('./en/ui.json') &
  typeof import('./en/unlinked.json');

export type Key = keyof Areas & string;
/** Without the `_one`, `_other` and so on, of which the count chooses. */
export type PluralKey = Key extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;
