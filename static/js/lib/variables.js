// Variables in prepared texts, as templates_app/rendering.py has them: {{contact.first_name|there}}.
// tests/templates_app/rendering.json holds both to the same answers.
const PLACE = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/g;

// `values` has a key for every variable there is; what is no variable stays as it is written.
export function render(text, values) {
  return text.replace(PLACE, (place, name, fallback = "") => Object.hasOwn(values, name) ? values[name] || fallback.trim() : place);
}

export function unknownIn(text, values) {
  return [...new Set([...text.matchAll(PLACE)].filter(([, name]) => !Object.hasOwn(values, name)).map(([place]) => place))];
}
