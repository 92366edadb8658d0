const express = require('express');
const client = require('prom-client');
const items = require('./items');

const app = express();
const port = process.env.PORT || 3000;

client.collectDefaultMetrics();
app.get('/metrics', async (req, res) => res.end(await client.register.metrics()));
app.get('/healthz', (req, res) => res.send('ok'));
app.use('/api/items', items);
app.listen(port, () => console.log(`listening on ${port}`));
