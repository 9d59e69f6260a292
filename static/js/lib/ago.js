// How long ago and how long yet, in the words that inbox/rows.py writes: this keeps them true.
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const SOON = 30 * MINUTE, LATE = 4 * HOUR;

const secondsSince = (time) => (Date.now() - new Date(time.dateTime)) / 1000;

// Nothing to say of what is a week old: its date stays.
function ago(seconds) {
  if (seconds < MINUTE) return "now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return seconds < 7 * DAY ? `${Math.floor(seconds / DAY)} d` : "";
}

function left(seconds) {
  const minutes = Math.max(Math.floor(seconds / MINUTE), 1);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h left` : `${minutes} min left`;
}

function write(time, words) {
  if (words && time.textContent !== words) time.textContent = words;
}

export function keepTrue(root) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const seconds = secondsSince(time);
    write(time, ago(seconds));
    if (!time.hasAttribute("data-tones")) continue;
    const tone = seconds >= LATE ? "danger" : seconds >= SOON ? "warning" : "";
    time.parentElement.className = `chat-row__waiting chat-row__tone--${tone}`;
  }
  for (const time of root.querySelectorAll("time[data-left]")) {
    const seconds = -secondsSince(time);
    if (seconds > 0) write(time, left(seconds));
    else time.remove();
  }
}

// The full time is made when somebody asks for it.
export function tellFully(time) {
  if (time.title) return;
  const format = new Intl.DateTimeFormat(document.documentElement.lang || "en", { dateStyle: "full", timeStyle: "short" });
  time.title = format.format(new Date(time.dateTime));
}
