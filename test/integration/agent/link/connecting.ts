import { expect, test, vi } from 'vitest';
import { attemptOf, openScene, outcome, patience, registerAction, type LinkKind } from './scene.ts';

const retryable = { name: 'AttuneError', retryable: true };

export function connecting(kind: LinkKind): void {
  test('a control plane that is away is a retryable error; when it has come, the same link connects', async () => {
    const { link: open, block, restore } = await openScene(kind);
    const link = open();
    block();
    await expect(link.connect()).rejects.toMatchObject(retryable);
    await expect(link.connect()).rejects.toMatchObject(retryable);
    restore();
    await vi.waitFor(() => link.connect(), patience);
  });

  test('refused credentials never heal, and are not told', async () => {
    const { refusedLink } = await openScene(kind);
    const error: unknown = await refusedLink()
      .connect()
      .catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code: 'wrong_credentials', retryable: false });
    expect(String(error)).not.toContain('not-the-secret');
  });

  test('while the control plane is away every call is a retryable error, and works again afterwards', async () => {
    const { system, join, block, restore } = await openScene(kind);
    await registerAction(system, 'noop');
    const { link, takes } = await join();
    const { id } = await system.execute('test.noop');
    const attempt = attemptOf(await takes(id));
    block();
    await expect(link.heartbeat([attempt])).rejects.toMatchObject(retryable);
    await expect(link.appendLogs(attempt, [])).rejects.toMatchObject(retryable);
    await expect(link.finish(attempt, outcome(), [])).rejects.toMatchObject(retryable);
    restore();
    await vi.waitFor(() => link.heartbeat([attempt]), patience);
    expect(await vi.waitFor(() => link.finish(attempt, outcome(), []), patience)).toBe('accepted');
  });

  test('what was asked for while it was away is taken afterwards', async () => {
    const { system, join, block, restore } = await openScene(kind);
    await registerAction(system, 'noop');
    const { takes } = await join();
    block();
    const { id } = await system.execute('test.noop');
    restore();
    await takes(id);
    expect(await system.show(id)).toMatchObject({ state: 'running' });
  });
}
