// The most frequent words of a text, given as JSON on standard input.
import { readFileSync } from 'node:fs';

const { text, most } = JSON.parse(readFileSync(0, 'utf8'));
const words = text.toLowerCase().match(/\p{Letter}+/gu) ?? [];
console.error(`counting ${words.length} words`);

const counts = new Map();
for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
console.log(JSON.stringify({ words: words.length, frequent: Object.fromEntries(sorted.slice(0, most)) }));
