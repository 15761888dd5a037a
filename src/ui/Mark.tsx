/** The product's mark, as in icons/mark.svg: a billing cycle, with a credit where it closes. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 128 128" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="128" height="128" rx="30" />
      <path class="mark-line" d="M64 30 A37 37 0 1 0 101 67" />
      <path class="mark-line" d="M92 21 V51 M77 36 H107" />
    </svg>
  );
}
