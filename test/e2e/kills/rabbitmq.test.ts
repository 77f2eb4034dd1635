import { describeKills } from './kills.ts';

describeKills('rabbitmq');
