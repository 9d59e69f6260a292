export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

export function debounce(wait, action) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
}
