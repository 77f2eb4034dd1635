import { openAmqpRoad } from '../../../broker/amqp/amqp-road.ts';
import type { Configuration } from '../../../shared/config/setting.ts';
import { describeError } from '../../../shared/errors.ts';
import { createLogger } from '../../../shared/logger.ts';
import { tlsError } from '../../../shared/certificates/tls-error.ts';
import { databaseError, openDatabase, type Sql } from '../../../store/connect.ts';
import { checkSchema } from '../../../store/migrate.ts';
import type { agentSettings } from '../../settings.ts';
import { failure, ok, warning, type Check, type Verdict } from '../finding.ts';

type Addresses = Pick<Configuration<typeof agentSettings>, 'databaseUrl' | 'messageQueueUrl' | 'apiUrl'>;

/** Whether each server can be used as the agent will use it, and whether its clock agrees. */
export function serverChecks({ databaseUrl, messageQueueUrl, apiUrl }: Addresses): Check[] {
  return [
    { name: 'database', examine: () => examineDatabase(databaseUrl) },
    { name: 'broker', examine: () => examineBroker(messageQueueUrl) },
    { name: 'api', examine: () => examineApi(apiUrl) },
    { name: 'clock', examine: () => examineClock(databaseUrl, apiUrl) },
  ];
}

async function examineDatabase(url: string | undefined): Promise<Verdict> {
  if (url === undefined)
    return failure(
      'no database is named',
      'set ATTUNE__DATABASE__URL, like postgres://user:password@host:5432/attune',
    );
  await withDatabase(url, checkSchema);
  return ok('answers, and its schema is known');
}

async function examineBroker(url: string | undefined): Promise<Verdict> {
  if (url === undefined) return ok('none is named: PostgreSQL carries the messages');
  const road = await openAmqpRoad(url, createLogger('silent'));
  await road.close();
  return ok('answers, and lets this user in');
}

async function examineApi(url: string | undefined): Promise<Verdict> {
  if (url === undefined) return ok('none is named: only actions would use it');
  try {
    const answer = await fetch(new URL('/health', url));
    await answer.body?.cancel();
    return answer.ok
      ? ok('answers')
      : failure(`${url} answers ${answer.status}`, 'let ATTUNE_API_URL name an Attune server');
  } catch (error) {
    const cause = causeOf(error);
    const ofTls = tlsError(cause, { name: 'the API', setting: 'ATTUNE_API_URL' });
    if (ofTls !== undefined) return failure(ofTls.message);
    return failure(`${url} does not answer: ${describeError(cause)}`, 'start it, or correct ATTUNE_API_URL');
  }
}

/** fetch says no more than that it failed; why, its cause tells. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

/** Seconds that a clock may be wrong without harm. */
const tolerance = 30;

async function examineClock(databaseUrl: string | undefined, apiUrl: string | undefined): Promise<Verdict> {
  const times = [
    databaseUrl === undefined ? undefined : withDatabase(databaseUrl, timeOfDatabase),
    apiUrl === undefined ? undefined : timeOfApi(apiUrl),
  ].filter((time) => time !== undefined);
  const started = Date.now();
  const theirs = await Promise.any(times).catch(() => undefined);
  if (theirs === undefined)
    return warning("can't be compared, no server tells the time", 'see database and api');
  const seconds = Math.round(((started + Date.now()) / 2 - theirs) / 1000);
  const difference = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the server`;
  return Math.abs(seconds) > tolerance
    ? warning(
        `${difference}: certificates may be refused, and times in logs are wrong`,
        'set the clock of this machine',
      )
    : ok(`within ${tolerance} s of the server`);
}

async function timeOfDatabase(sql: Sql): Promise<number> {
  const [row] = await sql<{ milliseconds: number }[]>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS milliseconds`;
  if (row === undefined) throw new Error('no row');
  return row.milliseconds;
}

async function timeOfApi(url: string): Promise<number> {
  const answer = await fetch(new URL('/health', url), { method: 'HEAD' });
  const time = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(time)) throw new Error('no date');
  return time;
}

async function withDatabase<Result>(url: string, use: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = openDatabase(url, { name: 'attune-agent doctor', connections: 1 });
  try {
    return await use(sql);
  } catch (error) {
    throw databaseError(error);
  } finally {
    // It may hang as well.
    void sql.end({ timeout: 0 }).catch(() => undefined);
  }
}
