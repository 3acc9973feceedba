// The words of codes that the first view does without; they join the others when a later part is fetched.

import { WORDS } from './words.js';

Object.assign(WORDS, {
  "pledge_by": {
    "person": ["本人", "the person"],
    "organisation": ["事業所", "the organisation"]
  },
  "media_type": {
    "application/pdf": ["PDF", "PDF"],
    "image/jpeg": ["写真（JPEG）", "photo (JPEG)"],
    "image/png": ["画像（PNG）", "image (PNG)"],
    "image/heic": ["写真（HEIC）", "photo (HEIC)"],
    "image/webp": ["画像（WebP）", "image (WebP)"],
    "text/plain": ["テキスト", "text"],
    "text/csv": ["表（CSV）", "table (CSV)"]
  },
  "phone_use": {
    "mobile": ["携帯", "mobile"],
    "home": ["自宅", "home"],
    "work": ["勤務先", "work"]
  }
});
