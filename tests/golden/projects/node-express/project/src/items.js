const express = require('express');

const router = express.Router();
router.get('/status', (req, res) => res.json({ items: 3 }));
module.exports = router;
