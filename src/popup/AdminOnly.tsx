/** For support: says who can do it, instead of a button that would be refused. */
export function AdminOnly({ words }: { words: string }) {
  return <p class="notice">{words}</p>;
}
