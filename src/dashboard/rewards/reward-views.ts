/** The list and one reward, in one file: who opens one opens the other. */
export { RewardDetail } from './RewardDetail.tsx';
export { Rewards } from './Rewards.tsx';
