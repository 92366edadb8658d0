import Fastify from 'fastify';
import metrics from 'fastify-metrics';

const server = Fastify({ logger: true });
await server.register(metrics, { endpoint: '/metrics' });

server.get('/livez', async () => ({ ok: true }));
server.get('/readyz', async () => ({ ok: true }));

await server.listen({ host: '0.0.0.0', port: Number(process.env.PORT ?? 4100) });
