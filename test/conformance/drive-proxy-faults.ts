/** The proxy while Stripe and Advocate misbehave: every kind of refusal and failure is asked for and then got over. */
import type { Fault as AdvocateFault } from '../../sandbox/advocate/faults.ts';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { credit, participantPath, rewards, turnOn, withScene } from './drive-proxy.ts';
import { type Harvest, harvest } from './gathered.ts';
import type { ProxyScene } from './proxy-scene.ts';

const BALANCE = /balance_transactions$/;
const AT_STRIPE: FaultInput[] = (
  ['F1', 'F2', 'F3', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12', 'F26', 'F27'] as const
).map((fault) => ({ fault, method: 'POST', path: BALANCE }));
const READING_STRIPE: FaultInput[] = (['F5', 'F9', 'F10', 'F16', 'F27'] as const).map((fault) => ({
  fault,
  method: 'GET',
  path: /^\/v1\/customers\/cus_\w+$/,
}));

const KINDS = [
  'reset-before',
  'reset-after-commit',
  'error-500',
  'error-500-after-commit',
  'html-502',
  'rate-limited',
  'unauthorized',
] as const;
const AT_ADVOCATE: AdvocateFault[] = KINDS.flatMap((fault): AdvocateFault[] => [
  { fault, operation: 'Rewards' },
  { fault, path: /\/redeem$/ },
  { fault, operation: 'Note' },
]);

export async function driveProxyFaults(): Promise<Harvest> {
  const scenes = [
    await withScene('connect', async (scene) => {
      await scene.connect('test');
      await turnOn(scene, 'test');
      for (const fault of [...AT_STRIPE, ...READING_STRIPE])
        await payThrough(scene, () => scene.stripe.inject(fault));
      for (const fault of AT_ADVOCATE) await payThrough(scene, () => void scene.advocate.inject(fault));
      await lookingUp(scene);
      // Deleted just before the credit; then the access goes for good.
      await payThrough(scene, () => scene.stripe.inject({ fault: 'F17', method: 'POST', path: BALANCE }));
      await payThrough(scene, () => scene.stripe.inject({ fault: 'F14', path: BALANCE }), 1);
      await scene.get('test', 'DELETE', '/connect/test');
    }),
    await withScene('connect', async (scene) => {
      // Revoked at Stripe while nobody looked: what is read is refused, and giving it back is refused too.
      await scene.connect('test');
      scene.stripe.revoke(scene.stripe.state.accountId, 'test');
      await scene.ask('test', 'GET', `/test/customers/${anyCustomer(scene)}`);
      await scene.ask('test', 'DELETE', '/connect/test');
      // A code that is too old by the time it is spent.
      await scene.connect('test', { dawdleMs: 6 * 60_000 });
    }),
    await withScene(
      'restricted_key',
      async (scene) => {
        await turnOn(scene, 'test');
        await credit(scene, 'test', (await rewards(scene, 'test')).slice(0, 5));
        scene.stripe.inject({ fault: 'F14' });
        await scene.ask('test', 'GET', `/test/customers/${anyCustomer(scene)}`);
        await scene.ask(null, 'GET', '/session');
      },
      (seed) => {
        // May read and not write, so that each credit is refused with 403.
        seed.stripe.restrictedKeys.test.permissions = ['rak_customer_read'];
      },
    ),
  ];
  return harvest(scenes.flat());
}

/** Earns a reward, has it credited under the fault, and then until it is settled. */
async function payThrough(scene: ProxyScene, misbehave: () => void, tries = 3): Promise<void> {
  const participant = scene.seed.advocate.participants.find(
    (p) => p.mode === 'test' && livingCustomer(scene, p.customFields?.stripeCustomerId) && !p.blocked,
  );
  if (participant === undefined) throw new Error('The seed has no linked participant.');
  const id = scene.advocate.earn('test', participant, { unit: 'STRIPE/USD', amount: 1300 });
  misbehave();
  for (let i = 0; i < tries; i += 1) {
    await credit(scene, 'test', [id]);
    scene.stripe.clearFaults();
    scene.advocate.clearFaults();
    scene.pass(6 * 60_000);
  }
  await scene.get('test', 'PUT', '/test/lease');
}

async function lookingUp(scene: ProxyScene): Promise<void> {
  const [participant] = scene.seed.advocate.participants;
  if (participant === undefined) throw new Error('The seed has no participant.');
  const path = participantPath('test', participant);
  const live = scene.seed.stripe.customers.find(({ mode }) => mode === 'live')?.id;
  const deleted = scene.seed.stripe.customers.find((c) => c.mode === 'test' && c.deleted)?.id;
  for (const id of ['cus_Nobody000000001', live, deleted]) {
    await scene.ask('test', 'GET', `/test/customers/${id}`);
    await scene.ask('test', 'GET', `/test/customers?q=${id}`);
    await scene.ask('test', 'PUT', `${path}/link`, { customer: id ?? '', previous: null });
  }
  await scene.ask('test', 'GET', participantPath('test', { accountId: 'nobody', id: 'nobody' }));
  for (const q of ['a"b\\c', "O'Neil", 'Jo', '%_', 'x'.repeat(200), 'Ünïcødé 日本', 'a@b"c.example'])
    await scene.ask('test', 'GET', `/test/customers?q=${encodeURIComponent(q)}`);
  for (const fault of KINDS) {
    scene.advocate.inject({ fault, method: 'PUT' });
    await scene.ask('test', 'PUT', `${path}/link`, { customer: anyCustomer(scene), previous: null });
    scene.advocate.clearFaults();
    scene.advocate.inject({ fault, operation: 'Units' });
    await scene.ask('test', 'GET', '/test/units');
    scene.advocate.clearFaults();
  }
}

const anyCustomer = (scene: ProxyScene): string =>
  scene.seed.stripe.customers.find((c) => c.mode === 'test' && !c.deleted)?.id ?? '';

function livingCustomer({ stripe }: ProxyScene, id: unknown): boolean {
  const books = stripe.state.accounts[stripe.state.accountId]?.books.test;
  const customer = books?.customers[String(id)];
  return customer !== undefined && !customer.deleted && customer.currency === 'usd';
}
