const { Worker } = require('bullmq');

new Worker('mail', async (job) => console.log(job.data), { connection: { host: 'redis' } });
