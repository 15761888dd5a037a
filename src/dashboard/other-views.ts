/** Views that are opened now and then, in one file: each of them is small, and together they are packed better. */
export { Audit } from './audit/Audit.tsx';
export { HealthView } from './health/Health.tsx';
export { Reconcile } from './reconcile/Reconcile.tsx';
export { SettingsView } from './settings/Settings.tsx';
export { Reversal } from './take-back/Reversal.tsx';
export { TakeBack } from './take-back/TakeBack.tsx';
export { TeamView } from './team/Team.tsx';
