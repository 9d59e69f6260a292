// What this agent had before him when he began to write. Ids rise with the time at which a message came in here.
const MESSAGE = /^message-([0-9a-f-]{36})$/;

const idOf = (article) => article.id.match(MESSAGE)?.[1] ?? "";

export class Seen {
  // `field`: the form's own, which knows the newest of when the page was made.
  constructor(log, field) {
    Object.assign(this, { log, field });
  }

  of(which) {
    return [...(this.log?.querySelectorAll(`article[id^=message-]${which}`) ?? [])];
  }

  all() {
    const newest = this.of(":not([data-pending])").map(idOf).sort().at(-1);
    if (newest && newest > this.field.value) this.field.value = newest;
  }

  // How many of the customer's have come since.
  get since() {
    return this.of("[data-direction=IN]").filter((article) => idOf(article) > this.field.value).length;
  }
}
