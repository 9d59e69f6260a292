// Variables in prepared texts, as templates_app/rendering.py has them: {{contact.first_name|there}}.
// tests/templates_app/rendering.json holds both to the same answers.
// The spaces around the name go with it, for a pattern that shares them out would try for minutes.
const PLACE = /\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g;

// `values` has a key for every variable there is; what is no variable stays as it is written.
export function render(text, values) {
  return text.replace(PLACE, (place, said, fallback = "") => {
    const name = said.trim();
    return Object.hasOwn(values, name) ? values[name] || fallback.trim() : place;
  });
}

export function unknownIn(text, values) {
  return [...new Set([...text.matchAll(PLACE)].filter(([, name]) => !Object.hasOwn(values, name.trim())).map(([place]) => place))];
}
