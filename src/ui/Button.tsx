import type { ComponentProps } from 'preact';

type Props = Omit<ComponentProps<'button'>, 'aria-disabled'> & {
  /** What it started is under way, so a press does nothing. */
  busy?: boolean;
};

/** A button that is `disabled` loses the focus, so while busy it only says so and ignores what is pressed. */
export function Button({ busy = false, onClick, type = 'button', ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy}
      onClick={(event) => {
        // Also what a form sends by its Enter key comes through here.
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
