// What the first view does without, fetched a moment after it: one's account, devices, answers to duties, what became of
// posts, and what seals envelopes.

import './account.js';
import './devices.js';
import './duty-answer.js';
import './sending.js';
import '../envelopes.js';
