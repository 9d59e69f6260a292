export async function ask(path, body, method = body ? "POST" : "GET") {
  const options = { method };
  if (body) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const answer = await fetch(`/_sandbox/${path}`, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.map((child) => (child instanceof Node ? child : String(child ?? ""))));
  return made;
}

export function time(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

let hiding;

/** Says what went wrong instead of failing silently. */
export function guarded(work) {
  return async (...values) => {
    const problem = document.querySelector("#problem");
    try {
      return await work(...values);
    } catch (error) {
      problem.textContent = error instanceof TypeError ? "The sandbox does not answer." : error.message;
      problem.hidden = false;
      clearTimeout(hiding);
      hiding = setTimeout(() => (problem.hidden = true), 5000);
    }
  };
}
