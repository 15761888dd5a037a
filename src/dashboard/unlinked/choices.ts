/** Which customer each participant is to be linked to. What leaves no doubt is selected; a person decides the rest. */
import { signal } from '@preact/signals';
import type { LinkOutcome, Match } from '../../contract/linking.ts';
import type { Candidate } from '../../contract/routes.ts';
import { createClaims } from './contested.ts';
import type { Row } from './read-unlinked.ts';
import { whoOf } from './who.ts';

/** `unknown`: not asked yet. `several`: a person has to choose, also where only one customer fits a little. */
export type Kind = 'unknown' | 'failed' | 'sure' | 'several' | 'none';

export function createChoices() {
  const version = signal(0);
  const matches = new Map<string, Match>();
  const chosen = new Map<string, string>();
  const selected = new Set<string>();
  const outcomes = new Map<string, LinkOutcome>();
  /** Found by a person's own search. */
  const searched = new Map<string, Candidate[]>();
  /** What a person decided is not decided again by a match that comes later. */
  const decided = new Set<string>();
  const claims = createClaims();
  const changed = () => {
    version.value += 1;
  };

  const isLinked = (who: string) => {
    const outcome = outcomes.get(who);
    if (!outcome) return false;
    return outcome.state !== 'refused' || outcome.problem?.code === 'link_changed';
  };
  const candidates = (who: string): Candidate[] => {
    const found = matches.get(who)?.candidates ?? [];
    const more = searched.get(who) ?? [];
    return [...found, ...more.filter(({ id }) => found.every((one) => one.id !== id))];
  };

  function drop(who: string) {
    for (const kept of [decided, chosen, selected]) kept.delete(who);
  }

  return {
    /** Changes whenever anything here does. */
    version,
    match: (who: string) => matches.get(who) ?? null,
    candidates,
    chosen: (who: string) => chosen.get(who) ?? null,
    isSelected: (who: string) => selected.has(who),
    outcome: (who: string) => outcomes.get(who) ?? null,
    isKnown: (who: string) => matches.has(who),
    /** How many of the list do not wait any more. */
    done: () => [...outcomes.keys()].filter(isLinked).length,
    /** How many were asked about. */
    known: () => matches.size,
    canSelect: (who: string) => chosen.has(who) && !isLinked(who),
    isLinked,
    contest: claims.of,

    found(match: Match) {
      const who = whoOf(match);
      matches.set(who, match);
      const sure = isBeyondDoubt(match);
      if (sure !== null && !decided.has(who) && !isLinked(who)) {
        chosen.set(who, sure);
        selected.add(who);
      }
      const doubted = sure === null ? [] : claims.add({ who, accountId: match.accountId, customer: sure });
      for (const one of doubted) {
        if (decided.has(one)) continue;
        chosen.delete(one);
        selected.delete(one);
      }
      changed();
    },
    /** How many could not be looked up. */
    failed: () => [...matches.values()].filter(({ problem }) => problem !== null).length,
    /** As if nobody had asked about them. */
    forget(who: string) {
      matches.delete(who);
      changed();
    },
    forgetFailed() {
      for (const [who, { problem }] of matches) if (problem) matches.delete(who);
      changed();
    },
    /** Beside what an earlier search found: of that, somebody may be chosen. */
    searched(who: string, more: Candidate[]) {
      const before = searched.get(who) ?? [];
      searched.set(who, [...more, ...before.filter(({ id }) => more.every((one) => one.id !== id))]);
      changed();
    },
    choose(who: string, customer: string | null) {
      decided.add(who);
      if (customer === null) {
        chosen.delete(who);
        selected.delete(who);
      } else {
        chosen.set(who, customer);
        if (!isLinked(who)) selected.add(who);
      }
      changed();
    },
    select(whos: Iterable<string>, yes: boolean) {
      for (const who of whos) {
        decided.add(who);
        if (!yes) selected.delete(who);
        else if (chosen.has(who) && !isLinked(who)) selected.add(who);
      }
      changed();
    },
    settled(outcome: LinkOutcome) {
      const who = whoOf(outcome);
      outcomes.set(who, outcome);
      selected.delete(who);
      changed();
    },
    kind({ who, misspelt }: Row): Kind {
      const match = matches.get(who);
      if (!match) return 'unknown';
      if (match.problem) return 'failed';
      if (isBeyondDoubt(match) !== null && claims.of(who) === null) return 'sure';
      return candidates(who).length > 0 || misspelt ? 'several' : 'none';
    },
    /** The list is read anew: what a person decided stays, unless it is done. */
    refresh() {
      for (const who of [...decided]) {
        if (isLinked(who)) drop(who);
        else searched.set(who, candidates(who));
      }
      for (const who of [...chosen.keys()]) if (!decided.has(who)) drop(who);
      for (const found of [matches, outcomes, claims]) found.clear();
      changed();
    },
    reset() {
      for (const kept of [matches, chosen, selected, outcomes, searched, decided, claims]) kept.clear();
      changed();
    },
  };
}
export type Choices = ReturnType<typeof createChoices>;

/** The proxy's word, unless what it says beside it leaves a doubt: a tie is never decided for a person. */
export function isBeyondDoubt({ sure, candidates, problem }: Match): string | null {
  const one = candidates.find(({ id }) => id === sure);
  if (!one || problem !== null) return null;
  return one.warnings.some((kind) => kind !== 'currency_unset') ? null : one.id;
}
