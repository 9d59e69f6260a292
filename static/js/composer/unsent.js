// What was sent in vain, back where it was written or gone with all that belongs to it. `host` is the composer.
import { post } from "../lib/posting.js";

const fieldsOf = (item, wanted) => item.fields.filter(([name]) => name === wanted).map(([, value]) => value);

// Above what has been begun since.
export function restore(host, item) {
  const { kind } = item;
  const textarea = host.textOf(kind);
  host.turnTo(kind, true);
  textarea.value = [kind === "note" ? host.mentions.read(item.text) : item.text, textarea.value].filter((part) => part.trim()).join("\n\n");
  for (const line of item.nodes ?? []) host.uploads[kind].list.append(line);
  if (kind === "reply") {
    if (item.quote) host.quote.set(item.quote);
    host.quickReplies.set([...fieldsOf(item, "quick_reply"), ...host.quickReplies.titles]);
  }
  host.typed(kind);
}

// After a reload the draft begins with its text, and its files are still attached: they belong to the bubble.
export function forgetUnsent(host) {
  for (const item of host.outbox.items.values()) {
    const textarea = host.textOf(item.kind);
    if (host.written(item.kind) === item.text) textarea.value = "";
    else if (textarea.value.startsWith(`${item.text}\n\n`)) textarea.value = textarea.value.slice(item.text.length + 2);
    if (item.quote && item.quote.id === host.quote.value?.id) host.quote.set();
    const ids = fieldsOf(item, "upload");
    item.nodes = host.uploads[item.kind].lines.filter((line) => ids.includes(line.querySelector("input[name=upload]").value));
    item.nodes.forEach((line) => line.remove());
  }
}

// What was written while nothing could be saved, above what is there. What failed to be sent is in its bubble.
export function restoreKept(host) {
  for (const [kind, keeper] of Object.entries(host.drafts)) {
    const kept = keeper.takeKept();
    const there = host.written(kind);
    if (!kept.trim() || there.includes(kept)) continue;
    const text = [kept, kept.includes(there) ? "" : there].filter((part) => part.trim()).join("\n\n");
    host.textOf(kind).value = kind === "note" ? host.mentions.read(text) : text;
    keeper.touch();
  }
}

export function discard(host, item) {
  for (const line of item.nodes ?? []) post(line.querySelector("[data-remove]").getAttribute("formaction"), []).catch(() => {});
  host.drafts[item.kind].touch();
  host.textOf(item.kind).focus();
}
