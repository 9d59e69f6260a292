// In the textarea a colleague is @Ana Alvarez; kept and sent is @[Ana Alvarez](id).
const WRITTEN = /@\[([^\]\n]{1,200})\]\(([0-9a-f-]{36})\)/g;

export class Mentions {
  constructor() {
    this.ids = new Map();
  }

  // The name under which this one can be told from others of the same name.
  add(name, id) {
    const plain = name.replace(/[[\]\n]/g, " ");
    let shown = plain;
    for (let count = 2; this.ids.has(shown) && this.ids.get(shown) !== id; count++) shown = `${plain} (${count})`;
    this.ids.set(shown, id);
    return shown;
  }

  read(text) {
    return text.replace(WRITTEN, (_, name, id) => `@${this.add(name, id)}`);
  }

  write(text) {
    // The longest first: Ana Alvarez is not Ana.
    const names = [...this.ids.keys()].sort((one, other) => other.length - one.length);
    if (!names.length) return text;
    const known = new RegExp(`@(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\p{L}\\p{N}])`, "gu");
    return text.replace(known, (_, name) => `@[${name}](${this.ids.get(name)})`);
  }
}
