import { describeKills } from './kills.ts';

describeKills('postgresql');
