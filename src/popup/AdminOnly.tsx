/** For support: says who can do it, instead of a button that would be refused. */
export function AdminOnly({ deed }: { deed: string }) {
  return (
    <p class="notice">
      Your role is support. Ask an admin to {deed}; you can look up and link participants in the meantime.
    </p>
  );
}
