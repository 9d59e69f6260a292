// Every page loads this; a behaviour wakes where its element stands, also when htmx brings it later.
import "./behaviours/char-count.js";
import "./behaviours/confirm-dialog.js";
import "./behaviours/copy-button.js";
import "./behaviours/menu.js";
import "./behaviours/nav-toggle.js";
import "./behaviours/password-field.js";
import "./behaviours/relative-time.js";
import "./behaviours/sections.js";
import "./behaviours/slug-field.js";
import "./behaviours/submit-once.js";
import "./behaviours/theme-switch.js";
import "./behaviours/time-zone.js";
import "./behaviours/toast-stack.js";
