import type * as z from 'zod';
import { actionView, type ActionView } from '../../contract/api/action.ts';
import { attemptView, type AttemptView } from '../../contract/api/attempt.ts';
import type { ExecuteRequest } from '../../contract/api/execute.ts';
import { executionView, type ExecutionView } from '../../contract/api/execution.ts';
import { readiness, type Readiness } from '../../contract/api/health.ts';
import { keyView, type KeyView } from '../../contract/api/key.ts';
import { pageOf } from '../../contract/api/page.ts';
import { packView, type PackView } from '../../contract/api/pack.ts';
import { poolView } from '../../contract/api/pool.ts';
import { registerPackReply, type RegisterPackReply } from '../../contract/api/register-pack.ts';
import { runtimeView } from '../../contract/api/runtime.ts';
import { workerView, type WorkerView } from '../../contract/api/worker.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Client } from './client.ts';

const root = '/api/v1';

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly filters?: Readonly<Record<string, string | undefined>>;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

/** How many items the server gives at a time. */
const largestPage = 500;

/** The first `limit` items of a list, asked for in as many pages as it takes. */
async function listItems<Item extends z.ZodType>(
  client: Client,
  path: string,
  item: Item,
  { limit, cursor, filters }: ListQuery,
): Promise<Page<z.output<Item>>> {
  const page = await client.send({
    path: `${root}/${path}`,
    query: { ...filters, limit: Math.min(limit, largestPage), cursor },
    answer: pageOf(item),
  });
  const missing = limit - page.items.length;
  if (page.next_cursor === null || missing <= 0) return page;
  const rest = await listItems(client, path, item, {
    limit: missing,
    cursor: page.next_cursor,
    filters: filters ?? {},
  });
  return { items: [...page.items, ...rest.items], next_cursor: rest.next_cursor };
}

export const listPacks = (client: Client, query: ListQuery) => listItems(client, 'packs', packView, query);
export const listActions = (client: Client, query: ListQuery) =>
  listItems(client, 'actions', actionView, query);
export const listRuntimes = (client: Client, query: ListQuery) =>
  listItems(client, 'runtimes', runtimeView, query);
export const listWorkers = (client: Client, query: ListQuery) =>
  listItems(client, 'workers', workerView, query);
export const listPools = (client: Client, query: ListQuery) => listItems(client, 'pools', poolView, query);
export const listKeys = (client: Client, query: ListQuery) => listItems(client, 'keys', keyView, query);
export const listExecutions = (client: Client, query: ListQuery) =>
  listItems(client, 'executions', executionView, query);

/** @param path of a folder, absolute, on the server's machine */
export function registerPack(client: Client, path: string): Promise<RegisterPackReply> {
  return client.send({
    method: 'POST',
    path: `${root}/packs/register`,
    body: { path },
    answer: registerPackReply,
  });
}

/** @param archive a tar or tar.gz */
export function uploadPack(
  client: Client,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<RegisterPackReply> {
  return client.upload({
    path: `${root}/packs/upload`,
    type: 'application/octet-stream',
    content: archive,
    answer: registerPackReply,
    signal,
  });
}

/** A pack as it comes from the server. */
export interface DownloadedArchive {
  readonly digest: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** @param pack by its ref; without a digest, its current revision is meant */
export async function openArchive(
  client: Client,
  pack: { readonly ref: string; readonly digest: string | undefined },
): Promise<DownloadedArchive> {
  const query =
    pack.digest === undefined ? '' : `?${new URLSearchParams({ digest: pack.digest }).toString()}`;
  const path = `${root}/packs/${encodeURIComponent(pack.ref)}/archive${query}`;
  const { body, headers } = await client.open(path, {}, new AbortController().signal);
  return { digest: headers.get('etag')?.replaceAll('"', '') ?? '', content: body ?? noBytes() };
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}

export function showPack(client: Client, ref: string): Promise<PackView> {
  return client.send({ path: `${root}/packs/${encodeURIComponent(ref)}`, answer: packView });
}

export function showAction(client: Client, ref: string): Promise<ActionView> {
  return client.send({ path: `${root}/actions/${encodeURIComponent(ref)}`, answer: actionView });
}

export function execute(client: Client, order: ExecuteRequest): Promise<ExecutionView> {
  return client.send({
    method: 'POST',
    path: `${root}/executions/execute`,
    body: order,
    answer: executionView,
  });
}

/** Where an execution is shown. */
export function executionPath(execution: number): string {
  return `${root}/executions/${execution}`;
}

export function showExecution(client: Client, execution: number): Promise<ExecutionView> {
  return client.send({ path: executionPath(execution), answer: executionView });
}

export function cancelExecution(client: Client, execution: number): Promise<ExecutionView> {
  return client.send({ method: 'POST', path: `${executionPath(execution)}/cancel`, answer: executionView });
}

/** Runs an execution that has ended once more, as a new one. */
export function retryExecution(client: Client, execution: number): Promise<ExecutionView> {
  return client.send({ method: 'POST', path: `${executionPath(execution)}/retry`, answer: executionView });
}

/** The tries of an execution, the first one first. */
export async function listAttempts(client: Client, execution: number): Promise<readonly AttemptView[]> {
  const { items } = await client.send({
    path: `${executionPath(execution)}/attempts`,
    answer: pageOf(attemptView),
  });
  return items;
}

/** @param worker its number, or its name: then the latest of that name is meant. @throws AttuneError `unknown_worker` */
export async function showWorker(client: Client, worker: string): Promise<WorkerView> {
  if (/^\d+$/.test(worker)) return client.send({ path: `${root}/workers/${worker}`, answer: workerView });
  const { items } = await listWorkers(client, { limit: 5000 });
  const latest = items.filter(({ name }) => name === worker).toSorted((a, b) => b.id - a.id)[0];
  if (latest === undefined)
    throw new AttuneError('unknown_worker', `No worker is named ${worker}. "attune worker list" shows all.`);
  return latest;
}

/** Whether a worker takes new executions. */
export function setCordoned(
  client: Client,
  worker: number,
  step: 'cordon' | 'uncordon',
): Promise<WorkerView> {
  return client.send({ method: 'POST', path: `${root}/workers/${worker}/${step}`, answer: workerView });
}

/** Whether the server can do its work; it answers this without a token. */
export function askReadiness(client: Client): Promise<Readiness> {
  return client.send({ path: '/health/ready', answer: readiness, alsoAnswer: 503 });
}

/** Stores a secret under a name, or replaces it. */
export function setKey(client: Client, name: string, value: string): Promise<KeyView> {
  return client.send({ method: 'PUT', path: keyPath(name), body: { value }, answer: keyView });
}

export function removeKey(client: Client, name: string): Promise<KeyView> {
  return client.send({ method: 'DELETE', path: keyPath(name), answer: keyView });
}

function keyPath(name: string): string {
  return `${root}/keys/${encodeURIComponent(name)}`;
}
