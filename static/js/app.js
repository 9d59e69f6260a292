// Every page loads this; a behaviour wakes where its element stands, also when htmx brings it later.
import "./behaviours/chat-keys.js";
import "./behaviours/chat-list.js";
import "./behaviours/chat-thread.js";
import "./behaviours/chat-ticks.js";
import "./behaviours/command-menu.js";
import "./behaviours/confirm-dialog.js";
import "./behaviours/contact-panel.js";
import "./behaviours/inbox-furniture.js";
import "./behaviours/fresh-token.js";
import "./behaviours/lightbox.js";
import "./behaviours/life-sign.js";
import "./behaviours/live-parts.js";
import "./behaviours/live-stream.js";
import "./behaviours/menu.js";
import "./behaviours/menu-filter.js";
import "./behaviours/nav-toggle.js";
import "./behaviours/notifications.js";
import "./behaviours/pane-splitter.js";
import "./behaviours/relative-time.js";
import "./behaviours/scrim.js";
import "./behaviours/sections.js";
import "./behaviours/shortcuts.js";
import "./behaviours/submit-once.js";
import "./behaviours/theme-switch.js";
import "./behaviours/time-zone.js";
import "./behaviours/toast-stack.js";
import { later } from "./lib/later.js";

later({
  "asked-dialog": () => import("./behaviours/asked-dialog.js"),
  "audio-player": () => import("./behaviours/audio-player.js"),
  "char-count": () => import("./behaviours/char-count.js"),
  "password-field": () => import("./behaviours/password-field.js"),
  "push-device": () => import("./behaviours/push-device.js"),
  "reply-editor": () => import("./behaviours/reply-editor.js"),
  "slug-field": () => import("./behaviours/slug-field.js"),
});
// An open chat's.
later({
  "chat-presence": () => import("./behaviours/chat-presence.js"),
  "copy-button": () => import("./behaviours/copy-button.js"),
  "message-composer": () => import("./behaviours/message-composer.js"),
  "thread-find": () => import("./behaviours/thread-find.js"),
}, { ahead: Boolean(document.querySelector("chat-list")) });
