// <nav-toggle>: the drawer is a popover and needs no script to open; this closes it when its link is
// followed, and when the window grows wide enough to show it beside the page.
import { define } from "../lib/dom.js";

define("nav-toggle", class extends HTMLElement {
  connectedCallback() {
    const drawer = document.getElementById(this.dataset.drawer);
    if (!drawer) return;
    drawer.addEventListener("click", (event) => { if (event.target.closest("a[href]")) drawer.hidePopover(); });
    this.wide = matchMedia("(min-width: 60rem)");
    this.onWide = () => { if (this.wide.matches && drawer.matches(":popover-open")) drawer.hidePopover(); };
    this.wide.addEventListener("change", this.onWide);
    this.onWide();
  }

  disconnectedCallback() {
    this.wide?.removeEventListener("change", this.onWide);
  }
});
