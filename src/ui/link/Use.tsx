import { say } from '../../locales/say.ts';
import { Button } from '../Button.tsx';
import type { LinkModel } from './link-model.ts';

/** The one button where it is known already which customer it has to be. */
export function Use({ customer, model }: { customer: string; model: LinkModel }) {
  return (
    <Button
      class="button button-primary"
      busy={model.state.busy !== null}
      onClick={() => void model.use(customer)}
    >
      {say('link_use', { customer })}
    </Button>
  );
}
