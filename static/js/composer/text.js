// Text as the platform counts and cuts it: pages/graph/splitting.py, which has the last word.
const PARAGRAPH = /\n[^\S\n]*\n\s*/g;
const SENTENCE = /[.!?…؟。！？]['"”’»)\]]*\s+|\n\s*|[。！？]/g;
const SPACE = /\s+/g;
const ENOUGH = 0.5;

const bytes = new TextEncoder();
const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const MEASURES = { bytes: (text) => bytes.encode(text).length, characters: (text) => [...text].length };

export const lengthOf = (text, unit) => MEASURES[unit](text);

export function partsOf(text, most, unit) {
  const measure = MEASURES[unit];
  let rest = text.trim();
  let parts = 0;
  while (measure(rest) > most) {
    rest = rest.slice(cut(rest, room(rest, most, measure))).trimStart();
    parts += 1;
  }
  return parts + (rest ? 1 : 0);
}

function room(text, most, measure) {
  let used = 0;
  let at = 0;
  for (const letter of text) {
    used += measure(letter);
    if (used > most) return at;
    at += letter.length;
  }
  return at;
}

function cut(text, most) {
  const window = text.slice(0, most + 1);
  for (const boundary of [PARAGRAPH, SENTENCE, SPACE]) {
    const ends = [...window.matchAll(boundary)].map((match) => boundary === SENTENCE ? match.index + match[0].length : match.index);
    const least = boundary === SPACE ? 0 : most * ENOUGH;
    const fitting = ends.filter((end) => end > least && text.slice(0, end).trimEnd().length <= most);
    if (fitting.length) return fitting.at(-1);
  }
  return signs.segment(text).containing(most)?.index || most;
}
