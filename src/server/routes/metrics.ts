import type { App } from '../http/app-type.ts';
import type { Metrics } from '../metrics/metrics.ts';

export function metricsRoutes(app: App, metrics: Metrics): void {
  app.get(
    '/metrics',
    { schema: { tags: ['server'], summary: "Figures in Prometheus' format", produces: ['text/plain'] } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()),
  );
}
